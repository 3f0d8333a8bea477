/** The machine of a connection, and how it came to its state. */
import { Show, type JSX } from 'solid-js';
import { Empty } from '../../design/Empty.tsx';
import { exact } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import type { Step } from '../../live/history.ts';
import type { McpConnection } from '../../live/mcpStand.ts';
import { dialCauses } from '../../words/mcp.ts';
import { ActorHistory } from '../actor/ActorHistory.tsx';

function textOf({ event }: Step): string | undefined {
  const data = event.data ?? {};
  const [cause, reason, retryAtMs] = [data['cause'], data['reason'], data['retry_at_ms']];
  const parts = [
    typeof cause === 'string' ? (dialCauses[cause] ?? cause) : undefined,
    typeof reason === 'string' ? `“${reason}”` : undefined,
    typeof data['protocol_version'] === 'string' ? `MCP ${data['protocol_version']}` : undefined,
    typeof retryAtMs === 'number' ? `again at ${exact(retryAtMs).split(' (')[0]}` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' · ');
}

type Of = { of: McpConnection | undefined };

const None = (): JSX.Element => (
  <Empty title="No connection">
    This gateway has not dialled the server yet. Connect it to see how that goes.
  </Empty>
);

export const ConnectionMachine = (props: Of): JSX.Element => (
  <Show
    when={props.of}
    fallback={
      <Card title="State machine of the connection" bare>
        <None />
      </Card>
    }
  >
    {(connection) => (
      <ActorHistory
        kind="mcp-connection"
        id={connection().id}
        status={connection().status}
        title="connection"
        textOf={textOf}
        withoutHistory
      />
    )}
  </Show>
);

export const ConnectionHistory = (props: Of): JSX.Element => (
  <Show when={props.of} fallback={<None />}>
    {(connection) => (
      <ActorHistory
        kind="mcp-connection"
        id={connection().id}
        status={connection().status}
        title="connection"
        textOf={textOf}
        withoutMachine
        isBare
      />
    )}
  </Show>
);
