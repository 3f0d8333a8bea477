/** The columns of the table of model routes. */
import { A } from '@solidjs/router';
import { For, type JSX } from 'solid-js';
import { Shape } from '../../design/Badge.tsx';
import type { Column } from '../../design/TableLine.tsx';
import { toneOf } from '../../design/tones.ts';
import { dialectNames } from '../providers/columns.tsx';
import { RouteMenu } from './RouteMenu.tsx';
import { urgency, type Row } from './routeRows.ts';
import { RouteState } from './RouteState.tsx';

const Targets = (props: { of: Row }): JSX.Element => (
  <span class="targets">
    <For each={props.of.targets}>
      {({ target, stand, share }) => (
        <span
          class="target"
          title={`${target.provider}/${target.model}: ${stand.status}${stand.why === null ? '' : `, ${stand.why}`}`}
        >
          <span class={`tone-${stand.status === 'gone' ? 'bad' : toneOf(stand.status)}`}>
            <Shape tone={stand.status === 'gone' ? 'bad' : toneOf(stand.status)} />
            <span class="unseen">{stand.status}</span>
          </span>
          <span class="mono">
            {target.provider}/{target.model}
          </span>
          {share !== null && <span class="muted num">{Math.round(share * 100)}%</span>}
        </span>
      )}
    </For>
  </span>
);

export const columns: readonly Column<Row>[] = [
  {
    name: 'name',
    narrow: 'start',
    title: 'Model',
    width: 'minmax(130px, 1fr)',
    sortBy: ({ route }) => route.context.name.toLowerCase(),
    cell: (row) => (
      <A class="mono" href={`/routes/${row().route.id}`} title={row().route.context.name}>
        {row().route.context.name}
      </A>
    ),
  },
  {
    name: 'state',
    narrow: 'end',
    title: 'State',
    width: 'minmax(136px, 0.7fr)',
    sortBy: urgency,
    cell: (row) => <RouteState of={row()} />,
  },
  {
    name: 'strategy',
    title: 'Strategy',
    width: 'minmax(84px, 0.5fr)',
    sortBy: ({ route }) => route.context.settings.strategy,
    cell: (row) => row().route.context.settings.strategy,
  },
  {
    name: 'targets',
    narrow: 'below',
    title: 'Targets, in their order',
    width: 'minmax(320px, 4fr)',
    cell: (row) => <Targets of={row()} />,
  },
  {
    name: 'dialects',
    title: 'Dialects',
    width: 'minmax(110px, 0.8fr)',
    cell: (row) => (
      <span class="muted">
        {row()
          .dialects.map((one) => dialectNames[one] ?? one)
          .join(', ') || 'nothing'}
      </span>
    ),
  },
  { name: 'more', narrow: 'menu', title: '', width: '30px', cell: (row) => <RouteMenu of={row} /> },
];
