/** The columns of the table of provider keys. */
import { A } from '@solidjs/router';
import { Show, type Accessor, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { count } from '../../design/format.ts';
import { dayLabel, SparkBars } from '../../design/Spark.tsx';
import type { Column } from '../../design/TableLine.tsx';
import { Countdown } from '../../design/Time.tsx';
import { keyDayOf } from '../../live/selectors.ts';
import { reasonOf, urgency, whyOf, type Key } from './keyRows.ts';
import { KeyMenu } from './KeyMenu.tsx';

const Today = (props: { id: string }): JSX.Element => {
  const day = () => keyDayOf(props.id);
  return (
    <Show when={day()} fallback={<span class="faint">–</span>}>
      {(of) => (
        <SparkBars
          values={of().hours}
          bad={of().failedHours}
          label={dayLabel(of().requests, of().failures)}
        />
      )}
    </Show>
  );
};

export const KeyState = (props: { of: Accessor<Key> }): JSX.Element => (
  <span class="row">
    <Badge status={props.of().status} />
    <Show when={props.of().status === 'resting' && props.of().context.rest}>
      {(rest) => (
        <span class="muted small">
          {rest().guessed ? 'probed ' : 'wakes '}
          <Countdown ms={rest().until_ms} />
        </span>
      )}
    </Show>
  </span>
);

export const columns: readonly Column<Key>[] = [
  {
    name: 'name',
    narrow: 'start',
    title: 'Key',
    width: 'minmax(140px, 1.3fr)',
    sortBy: ({ context }) => context.name.toLowerCase(),
    cell: (key) => (
      <A href={`/keys/${key().id}`} title={key().id}>
        {key().context.name || key().id}
      </A>
    ),
  },
  {
    name: 'status',
    narrow: 'end',
    title: 'State',
    width: 'minmax(196px, 1.1fr)',
    sortBy: urgency,
    cell: (key) => <KeyState of={key} />,
  },
  {
    name: 'why',
    title: 'Why',
    width: 'minmax(160px, 2fr)',
    cell: (key) => (
      <span title={reasonOf(key())} classList={{ faint: whyOf(key()) === null }}>
        {whyOf(key()) ?? '–'}
      </span>
    ),
  },
  {
    name: 'provider',
    narrow: 'below',
    title: 'Provider',
    width: 'minmax(80px, 0.7fr)',
    sortBy: ({ context }) => context.provider,
    cell: (key) => key().context.provider,
  },
  {
    name: 'masked',
    title: 'Secret',
    width: 'minmax(96px, 0.8fr)',
    cell: (key) => <span class="mono muted">{key().context.masked}</span>,
  },
  {
    name: 'today',
    narrow: 'last',
    title: 'Today',
    width: '98px',
    cell: (key) => <Today id={key().id} />,
  },
  {
    name: 'requests',
    title: 'Requests',
    width: '74px',
    right: true,
    sortBy: ({ id }) => keyDayOf(id)?.requests ?? 0,
    cell: (key) => <span class="num">{count(keyDayOf(key().id)?.requests ?? 0)}</span>,
  },
  {
    name: 'weight',
    title: 'Weight',
    width: '58px',
    right: true,
    sortBy: ({ context }) => context.weight,
    cell: (key) => <span class="num">{key().context.weight}</span>,
  },
  {
    name: 'more',
    narrow: 'menu',
    title: '',
    width: '30px',
    cell: (key) => <KeyMenu of={key} />,
  },
];
