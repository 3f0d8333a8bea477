/** The columns of the table of webhooks. */
import { For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { count } from '../../design/format.ts';
import { Menu } from '../../design/Menu.tsx';
import type { Column } from '../../design/TableLine.tsx';
import { Ago } from '../../design/Time.tsx';
import { isEverything, type Hook, type Row, type Seen } from './notices.ts';

type Last = NonNullable<Seen['last']>;
export type Asks = Readonly<{
  test: (hook: Hook) => void;
  edit: (hook: Hook) => void;
  secret: (hook: Hook) => void;
  remove: (hook: Hook) => void;
}>;

const resultOf = ({ status, error }: Last): string =>
  error ?? (status === null ? 'no answer' : `HTTP ${status}`);

const LastNotice = (props: { of: Last }): JSX.Element => (
  <span class="row" title={resultOf(props.of)}>
    <Badge status="notice" tone={props.of.error === null ? 'good' : 'bad'}>
      {props.of.error === null ? 'delivered' : 'failed'}
    </Badge>
    <span class="muted small truncate">
      {props.of.type} <Ago ms={Date.parse(props.of.time)} />: {resultOf(props.of)}
    </span>
  </span>
);

export const columnsWith = ({ test, edit, secret, remove }: Asks): readonly Column<Row>[] => [
  {
    name: 'url',
    narrow: 'start',
    title: 'Address',
    width: 'minmax(200px, 2fr)',
    sortBy: ({ hook }) => hook.url,
    cell: (row) => (
      <button
        type="button"
        class="as-link mono"
        title={row().hook.url}
        onClick={() => edit(row().hook)}
      >
        {row().hook.url}
      </button>
    ),
  },
  {
    name: 'events',
    title: 'Told of',
    width: 'minmax(150px, 1.6fr)',
    cell: (row) => (
      <span class="targets" title={row().hook.events.join(', ')}>
        <Show when={!isEverything(row().hook)} fallback="everything">
          <For each={row().hook.events}>{(name) => <span class="tag mono">{name}</span>}</For>
        </Show>
      </span>
    ),
  },
  {
    name: 'last',
    narrow: 'below',
    title: 'Newest notice',
    width: 'minmax(220px, 2fr)',
    cell: (row) => (
      <Show when={row().seen?.last} fallback={<span class="faint">none yet</span>}>
        {(last) => <LastNotice of={last()} />}
      </Show>
    ),
  },
  {
    name: 'delivered',
    title: 'Delivered',
    width: '76px',
    right: true,
    sortBy: ({ seen }) => seen?.delivered ?? 0,
    cell: (row) => <span class="num">{count(row().seen?.delivered ?? 0)}</span>,
  },
  {
    name: 'failures',
    title: 'Failed tries',
    width: '84px',
    right: true,
    sortBy: ({ seen }) => seen?.failures ?? 0,
    cell: (row) => (
      <span class="num" classList={{ 'bad-text': (row().seen?.failures ?? 0) > 0 }}>
        {count(row().seen?.failures ?? 0)}
      </span>
    ),
  },
  {
    name: 'test',
    narrow: 'end',
    title: '',
    width: '64px',
    cell: (row) => (
      <Button
        slim
        aria-label={`Send a test notice to ${row().hook.url}`}
        onClick={() => test(row().hook)}
      >
        Test
      </Button>
    ),
  },
  {
    name: 'more',
    narrow: 'menu',
    title: '',
    width: '30px',
    cell: (row) => (
      <Menu
        label={`What to do with ${row().hook.url}`}
        actions={[
          { text: 'Send a test', run: () => test(row().hook) },
          { text: 'Edit…', run: () => edit(row().hook) },
          { text: 'Its secret…', run: () => secret(row().hook) },
          { text: 'Remove…', danger: true, run: () => remove(row().hook) },
        ]}
      />
    ),
  },
];
