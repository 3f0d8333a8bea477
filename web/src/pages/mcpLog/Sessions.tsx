/** The clients that hold a session of MCP in this gateway process. */
import { For, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { plural, span } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { PlainTable } from '../../design/PlainTable.tsx';
import { Ago } from '../../design/Time.tsx';
import { ask } from '../../live/ask.ts';
import { mcpSessions } from '../../live/mcpCommands.ts';

const nameIn = (info: Readonly<Record<string, unknown>>): string =>
  [info['name'], info['version']].filter((one) => typeof one === 'string').join(' ') || 'unnamed';

export function Sessions(): JSX.Element {
  const asked = ask(() => 'all', mcpSessions);
  return (
    <Card
      title="Sessions of clients"
      bare
      beside={
        <span class="row">
          <span class="muted small">
            <Show when={asked.value()}>
              {(all) => `${plural(all().total, 'session')} in ${all().gateway_id}`}
            </Show>
          </span>
          <Button slim icon="probe" disabled={asked.isWaiting()} onClick={asked.again}>
            Read again
          </Button>
        </span>
      }
    >
      <Show
        when={(asked.value()?.data.length ?? 0) > 0}
        fallback={
          <Empty title={asked.value() ? 'No session' : (asked.fault() ?? 'Loading')}>
            Clients of the older protocol hold a session while they are connected to /mcp. Newer
            ones need none: their calls are in the other tab.
          </Empty>
        }
      >
        <PlainTable
          heads={[
            'Program',
            'Client key',
            'Server',
            'Protocol',
            'Opened',
            { right: 'Idle' },
            { right: 'Streams' },
            { right: 'Under way' },
          ]}
        >
          <For each={asked.value()?.data}>
            {(one) => (
              <tr>
                <td title={one.id}>{nameIn(one.client_info)}</td>
                <td class="muted">{one.client ?? 'none'}</td>
                <td>{one.server ?? 'all'}</td>
                <td class="num">{one.protocol_version}</td>
                <td>
                  <Ago ms={Date.parse(one.opened_at)} />
                </td>
                <td class="right num">{span(one.idle_ms)}</td>
                <td class="right num">{one.streams}</td>
                <td class="right num">{one.under_way}</td>
              </tr>
            )}
          </For>
        </PlainTable>
      </Show>
    </Card>
  );
}
