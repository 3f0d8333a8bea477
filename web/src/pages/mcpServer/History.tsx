/** The machine of a connection, and how it came to its state. */
import { Show, type JSX } from 'solid-js';
import { Empty } from '../../design/Empty.tsx';
import { exact } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import type { Step } from '../../live/history.ts';
import type { McpConnection } from '../../live/mcpStand.ts';
import { dialCauses } from '../../words/mcp.ts';
import { ActorSteps } from '../actor/ActorHistory.tsx';
import { Machine } from '../actor/Machine.tsx';
import { pastOf } from '../actor/past.ts';
import { inOneLine, quoted, textIn } from '../actor/stepText.ts';

const kind = 'mcp-connection';

function textOf(step: Step): string | undefined {
  const [cause, protocol] = [textIn(step, 'cause'), textIn(step, 'protocol_version')];
  const retryAtMs = step.event.data?.['retry_at_ms'];
  return inOneLine([
    cause === undefined ? undefined : (dialCauses[cause] ?? cause),
    quoted(textIn(step, 'reason')),
    protocol === undefined ? undefined : `MCP ${protocol}`,
    typeof retryAtMs === 'number' ? `again at ${exact(retryAtMs).split(' (')[0]}` : undefined,
  ]);
}

type Of = { of: McpConnection | undefined };

const None = (): JSX.Element => (
  <Empty title="No connection">
    This gateway has not dialled the server yet. Connect it to see how that goes.
  </Empty>
);

function Drawn(props: { of: McpConnection }): JSX.Element {
  const past = pastOf(
    () => kind,
    () => props.of.id,
  );
  return <Machine kind={kind} status={props.of.status} last={past.last()} title="connection" />;
}

export const ConnectionMachine = (props: Of): JSX.Element => (
  <Show
    when={props.of}
    fallback={
      <Card title="State machine of the connection" bare>
        <None />
      </Card>
    }
  >
    {(connection) => <Drawn of={connection()} />}
  </Show>
);

export const ConnectionHistory = (props: Of): JSX.Element => (
  <Show when={props.of} fallback={<None />}>
    {(connection) => (
      <ActorSteps kind={kind} id={connection().id} title="connection" textOf={textOf} />
    )}
  </Show>
);
