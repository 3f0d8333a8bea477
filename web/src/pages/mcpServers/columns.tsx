/** The columns of the table of MCP servers. */
import { A } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { compact } from '../../design/format.ts';
import { Shape } from '../../design/Badge.tsx';
import type { Column } from '../../design/TableLine.tsx';
import { Ago } from '../../design/Time.tsx';
import { lastCallOf, standOf, type McpServer } from '../../live/mcpStand.ts';
import { hasCallFailed } from '../../live/spans.ts';
import { ServerMenu } from './ServerMenu.tsx';
import { placeOf, shortPlaceOf, urgency } from './serverRows.ts';
import { Stand } from './Stand.tsx';

const LastCall = (props: { id: string }): JSX.Element => (
  <Show when={lastCallOf(props.id)} fallback={<span class="faint">–</span>}>
    {(call) => (
      <A
        href={`/mcp/log?call=${call().id}`}
        class={`mark-row ${hasCallFailed(call()) ? 'tone-bad' : 'tone-good'}`}
        title={`${call().tool}: ${call().error ?? call().outcome}`}
      >
        <Shape tone={hasCallFailed(call()) ? 'bad' : 'good'} />
        <Ago ms={Date.parse(call().time)} />
      </A>
    )}
  </Show>
);

const offered = (list: string, title: string, width: string): Column<McpServer> => ({
  name: list,
  title,
  width,
  right: true,
  sortBy: ({ context }) => context.lists[list]?.length ?? 0,
  cell: (server) => (
    <span class="num" classList={{ faint: (server().context.lists[list]?.length ?? 0) === 0 }}>
      {compact(server().context.lists[list]?.length ?? 0)}
    </span>
  ),
});

export const columns: readonly Column<McpServer>[] = [
  {
    name: 'name',
    narrow: 'start',
    title: 'Server',
    width: 'minmax(120px, 1fr)',
    sortBy: ({ context }) => context.name.toLowerCase(),
    cell: (server) => (
      <A href={`/mcp/servers/${server().id}`} title={server().id}>
        {server().context.name || server().id}
      </A>
    ),
  },
  {
    name: 'status',
    narrow: 'end',
    title: 'State',
    width: 'minmax(196px, 1fr)',
    sortBy: urgency,
    cell: (server) => <Stand of={server} />,
  },
  {
    name: 'why',
    title: 'Why',
    width: 'minmax(150px, 1.8fr)',
    cell: (server) => (
      <span
        title={standOf(server()).why ?? ''}
        classList={{ faint: standOf(server()).why === null }}
      >
        {standOf(server()).why ?? '–'}
      </span>
    ),
  },
  {
    name: 'place',
    narrow: 'below',
    title: 'Reached by',
    width: 'minmax(150px, 1.5fr)',
    sortBy: ({ context }) => context.settings.transport,
    cell: (server) => (
      <span title={placeOf(server())}>
        <span class="tag">{server().context.settings.transport}</span>{' '}
        <span class="mono muted">{shortPlaceOf(server())}</span>
      </span>
    ),
  },
  offered('tools', 'Tools', '54px'),
  offered('resources', 'Resources', '76px'),
  offered('prompts', 'Prompts', '66px'),
  {
    name: 'call',
    narrow: 'last',
    title: 'Last call',
    width: '92px',
    sortBy: ({ id }) => lastCallOf(id)?.time ?? '',
    cell: (server) => <LastCall id={server().id} />,
  },
  {
    name: 'more',
    narrow: 'menu',
    title: '',
    width: '30px',
    cell: (server) => <ServerMenu of={server} />,
  },
];
