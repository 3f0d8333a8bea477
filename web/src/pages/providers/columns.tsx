/** The columns of the table of providers. */
import { A } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { count } from '../../design/format.ts';
import type { Column } from '../../design/TableLine.tsx';
import type { KeyCounts } from '../../live/stands.ts';
import { ProviderMenu } from './ProviderMenu.tsx';
import { urgency, type Row } from './providerRows.ts';
import { Stand } from './Stand.tsx';

export const dialectNames: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
};

const Counts = (props: { of: KeyCounts }): JSX.Element => (
  <Show when={props.of.total > 0} fallback={<span class="faint">none</span>}>
    <span class="num">
      {count(props.of.healthy)}
      <span class="muted"> of {count(props.of.total)} healthy</span>
    </span>
  </Show>
);

export const columns: readonly Column<Row>[] = [
  {
    name: 'name',
    narrow: 'start',
    title: 'Provider',
    width: 'minmax(150px, 1.2fr)',
    sortBy: ({ provider }) => provider.context.name.toLowerCase(),
    cell: (row) => (
      <A href={`/providers/${row().provider.id}`} title={row().provider.id}>
        {row().provider.context.name}
      </A>
    ),
  },
  {
    name: 'state',
    narrow: 'end',
    title: 'State',
    width: 'minmax(200px, 1.1fr)',
    sortBy: urgency,
    cell: (row) => <Stand of={row().stand} />,
  },
  {
    name: 'why',
    title: 'Why',
    width: 'minmax(130px, 1.4fr)',
    cell: (row) => (
      <span title={row().stand.why ?? ''} classList={{ faint: row().stand.why === null }}>
        {row().stand.why ?? '–'}
      </span>
    ),
  },
  {
    name: 'dialect',
    title: 'Dialect',
    width: 'minmax(84px, 0.6fr)',
    sortBy: ({ provider }) => provider.context.dialect,
    cell: (row) => dialectNames[row().provider.context.dialect] ?? row().provider.context.dialect,
  },
  {
    name: 'url',
    narrow: 'below',
    title: 'Base URL',
    width: 'minmax(180px, 1.7fr)',
    cell: (row) => (
      <span class="mono muted" title={row().provider.context.base_url}>
        {row().provider.context.base_url}
      </span>
    ),
  },
  {
    name: 'keys',
    narrow: 'last',
    title: 'Keys',
    width: 'minmax(128px, 0.8fr)',
    sortBy: ({ keys }) => keys.total,
    cell: (row) => (
      <A href={`/keys?provider=${encodeURIComponent(row().provider.id)}`}>
        <Counts of={row().keys} />
      </A>
    ),
  },
  {
    name: 'source',
    title: 'Source',
    width: 'minmax(92px, 0.6fr)',
    sortBy: ({ provider }) => provider.context.source,
    cell: (row) => <span class="muted">{row().provider.context.source}</span>,
  },
  {
    name: 'more',
    narrow: 'menu',
    title: '',
    width: '30px',
    cell: (row) => <ProviderMenu of={row} />,
  },
];
