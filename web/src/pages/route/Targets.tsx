/** The targets of a route, each with how it stands now. */
import { A } from '@solidjs/router';
import { For, Show, type JSX } from 'solid-js';
import { count, percent } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { PlainTable } from '../../design/PlainTable.tsx';
import { Stand } from '../providers/Stand.tsx';
import type { Row } from '../routes/routeRows.ts';

export const Targets = (props: { of: Row }): JSX.Element => {
  const isWeighted = () => props.of.route.context.settings.strategy === 'weighted';
  return (
    <Card title={isWeighted() ? 'Targets, by their weights' : 'Targets, in their order'} bare>
      <PlainTable
        label="Targets"
        heads={[isWeighted() ? 'Share' : 'Order', 'Target', 'State', 'Why', { right: 'Context' }]}
      >
        <For each={props.of.targets}>
          {({ target, stand, share }, index) => (
            <tr>
              <td class="num">
                <Show when={share !== null} fallback={index() + 1}>
                  {share === 0 ? 'last' : percent(share ?? 0, 1)}
                </Show>
              </td>
              <td class="nowrap">
                <A href={`/providers/${encodeURIComponent(target.provider)}`}>{target.provider}</A>
                <div class="mono muted">{target.model}</div>
              </td>
              <td>
                <Stand of={stand} />
              </td>
              <td class="muted told">{stand.why ?? '–'}</td>
              <td class="right num muted">
                <Show when={target.context_length} fallback="–">
                  {(tokens) => count(tokens())}
                </Show>
              </td>
            </tr>
          )}
        </For>
      </PlainTable>
    </Card>
  );
};
