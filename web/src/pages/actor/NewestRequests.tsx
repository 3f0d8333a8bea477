/** The newest requests of a client or a route, as they end. */
import { A } from '@solidjs/router';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { duration, money } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { PlainTable } from '../../design/PlainTable.tsx';
import { Ago } from '../../design/Time.tsx';
import { world } from '../../live/store.ts';
import type { Request } from '../../live/world.ts';

const shown = 10;

export function NewestRequests(props: { fits: (request: Request) => boolean }): JSX.Element {
  const newest = createMemo(() => (world()?.requests ?? []).filter(props.fits).slice(0, shown));
  return (
    <Card title="Newest requests" bare>
      <Show
        when={newest().length > 0}
        fallback={<p class="body muted">They appear here as they end.</p>}
      >
        <PlainTable
          label="Newest requests"
          heads={[
            'Model',
            'Outcome',
            'Answered by',
            { right: 'Took' },
            { right: 'Cost' },
            { right: 'Ended' },
          ]}
        >
          <For each={newest()}>
            {(one) => (
              <tr>
                <td class="mono">
                  <A href={`/requests/${one.id}`}>{one.model ?? one.route}</A>
                </td>
                <td>
                  <Badge status={one.outcome} />
                </td>
                <td class="muted">{one.provider ?? 'nobody'}</td>
                <td class="right">{duration(one.duration_ms)}</td>
                <td class="right">
                  {one.cost_micro_usd === null ? 'unknown' : money(one.cost_micro_usd)}
                </td>
                <td class="right muted">
                  <Ago ms={Date.parse(one.time)} />
                </td>
              </tr>
            )}
          </For>
        </PlainTable>
      </Show>
    </Card>
  );
}
