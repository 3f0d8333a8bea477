/** The last calls of one tool, by whomever. */
import { A } from '@solidjs/router';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { duration } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { PlainTable } from '../../design/PlainTable.tsx';
import { Ago } from '../../design/Time.tsx';
import type { Tool } from '../../live/mcpCommands.ts';
import { world } from '../../live/store.ts';
import { toneOfCall, wordOfCall } from '../mcpLog/callRows.ts';

const shownAtMost = 6;

export function RecentCalls(props: { of: Tool }): JSX.Element {
  const calls = createMemo(() =>
    (world()?.calls ?? [])
      .filter(({ server, tool }) => server === props.of.server && tool === props.of.name)
      .slice(0, shownAtMost),
  );
  const all = () => `/mcp/log?server=${props.of.server}&tool=${encodeURIComponent(props.of.name)}`;
  return (
    <Card
      title="Last calls"
      bare
      beside={
        <A class="small" href={all()}>
          All calls
        </A>
      }
    >
      <Show when={calls().length > 0} fallback={<p class="muted lonely">None lately.</p>}>
        <PlainTable heads={['When', 'Result', 'By', { right: 'Took' }]}>
          <For each={calls()}>
            {(call) => (
              <tr>
                <td>
                  <A href={`${all()}&call=${call.id}`}>
                    <Ago ms={Date.parse(call.time)} />
                  </A>
                </td>
                <td>
                  <Badge status={wordOfCall(call)} tone={toneOfCall(call)} />
                </td>
                <td class="muted">{call.client ?? 'no client key'}</td>
                <td class="right num">{duration(call.duration_ms)}</td>
              </tr>
            )}
          </For>
        </PlainTable>
      </Show>
    </Card>
  );
}
