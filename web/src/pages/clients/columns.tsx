/** The columns of the table of client keys. */
import { A } from '@solidjs/router';
import type { Accessor } from 'solid-js';
import { compact, money } from '../../design/format.ts';
import type { Column } from '../../design/TableLine.tsx';
import { ClientMenu } from './ClientMenu.tsx';
import { limitsInWords, listInWords, type Client } from './clientRows.ts';
import { ClientState } from './ClientState.tsx';
import type { Used } from './usage.ts';

type Usage = Accessor<ReadonlyMap<string, Used> | undefined>;

export const columnsWith = (usage: Usage): readonly Column<Client>[] => {
  const usedBy = ({ context }: Client) => usage()?.get(context.client_id);
  return [
    {
      name: 'name',
      narrow: 'start',
      title: 'Client key',
      width: 'minmax(130px, 1.2fr)',
      sortBy: ({ context }) => context.name.toLowerCase(),
      cell: (row) => (
        <A href={`/clients/${row().id}`} title={row().id}>
          {row().context.name}
        </A>
      ),
    },
    {
      name: 'client',
      title: 'Client',
      width: 'minmax(84px, 0.8fr)',
      sortBy: ({ context }) => context.client_id,
      cell: (row) => <span class="muted">{row().context.client_id}</span>,
    },
    {
      name: 'masked',
      title: 'Key',
      width: 'minmax(96px, 0.7fr)',
      cell: (row) => <span class="mono muted">{row().context.masked}</span>,
    },
    {
      name: 'state',
      narrow: 'end',
      title: 'State',
      width: 'minmax(176px, 1fr)',
      sortBy: ({ context }) => context.expires_at_ms ?? Number.MAX_SAFE_INTEGER,
      cell: (row) => <ClientState of={row()} />,
    },
    {
      name: 'models',
      title: 'Models',
      width: 'minmax(100px, 1.2fr)',
      cell: (row) => {
        const words = () => listInWords(row().context.models, 'every model', 'no model');
        return <span title={words()}>{words()}</span>;
      },
    },
    {
      name: 'tools',
      title: 'Tools',
      width: 'minmax(92px, 1fr)',
      cell: (row) => {
        const words = () => listInWords(row().context.allowed_tools, 'every tool', 'no tool');
        return <span title={words()}>{words()}</span>;
      },
    },
    {
      name: 'limits',
      narrow: 'below',
      title: 'Limits',
      width: 'minmax(104px, 1fr)',
      sortBy: ({ context }) => context.requests_per_minute ?? Number.MAX_SAFE_INTEGER,
      cell: (row) => (
        <span
          classList={{ faint: limitsInWords(row()) === 'no limit' }}
          title={limitsInWords(row())}
        >
          {limitsInWords(row())}
        </span>
      ),
    },
    {
      name: 'requests',
      title: 'Requests',
      width: '68px',
      right: true,
      sortBy: (row) => usedBy(row)?.requests ?? 0,
      cell: (row) => <span class="num">{compact(usedBy(row())?.requests ?? 0)}</span>,
    },
    {
      name: 'cost',
      narrow: 'last',
      title: 'Cost',
      width: '64px',
      right: true,
      sortBy: (row) => usedBy(row)?.cost_micro_usd ?? 0,
      cell: (row) => <span class="num">{money(usedBy(row())?.cost_micro_usd ?? 0)}</span>,
    },
    {
      name: 'more',
      narrow: 'menu',
      title: '',
      width: '30px',
      cell: (row) => <ClientMenu of={row} />,
    },
  ];
};
