/** All MCP servers, and whether they are reached. */
import { useSearchParams } from '@solidjs/router';
import { createMemo, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Segments } from '../../design/Field.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import { groupOf, standOf } from '../../live/mcpStand.ts';
import { actorsOf } from '../../live/selectors.ts';
import '../mcpTools/mcp.css';
import { columns } from './columns.tsx';
import { AddServer } from './ServerForm.tsx';
import { fits } from './serverRows.ts';

type Params = { q?: string; state?: string; add?: string };

const groups = [
  { value: 'ready', text: 'Ready' },
  { value: 'away', text: 'Not reached' },
  { value: 'off', text: 'Off' },
] as const;

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const filter = () => ({ text: params.q ?? '', group: params.state ?? '' });
  const set = (name: keyof Params) => (value: string) =>
    setParams({ [name]: value === '' ? null : value }, { replace: true });
  const all = () => actorsOf('mcp-server');
  const shown = createMemo(() => all().filter((server) => fits(server, filter())));
  const counts = createMemo(() => {
    const of = { ready: 0, away: 0, off: 0 };
    for (const server of all()) of[groupOf(standOf(server))] += 1;
    return of;
  });
  const isFiltered = () => filter().text !== '' || filter().group !== '';
  const addButton = () => (
    <Button icon="plus" look="primary" onClick={() => setParams({ add: 'server' })}>
      Add server
    </Button>
  );

  return (
    <Frame
      title="MCP servers"
      lead="The servers behind /mcp, what each of them offers, and whether it is reached."
      fill
      actions={addButton()}
    >
      <div class="row wrap">
        <Search label="Search servers and tools" value={filter().text} onInput={set('q')} />
        <Segments
          label="State"
          value={filter().group}
          onInput={set('state')}
          options={[
            { value: '', text: 'All', number: all().length },
            ...groups.map(({ value, text }) => ({ value, text, number: counts()[value] })),
          ]}
        />
      </div>
      <Table
        label="MCP servers"
        rows={shown()}
        idOf={({ id }) => id}
        columns={columns}
        hrefOf={({ id }) => `/mcp/servers/${id}`}
        sort={{ column: 'status', isDescending: false }}
        empty={
          isFiltered() ? (
            <Empty
              title="No server fits"
              action={
                <Button onClick={() => setParams({ q: null, state: null })}>
                  Show all servers
                </Button>
              }
            >
              None of the {all().length} servers fits this search.
            </Empty>
          ) : (
            <Empty title="No MCP server yet" action={addButton()}>
              The gateway connects to MCP servers, watches them, and offers all their tools to
              clients at /mcp. Add the first one here, or name it in MCP_CONFIG_PATH.
            </Empty>
          )
        }
      />
      <Show when={params.add}>
        <AddServer onClose={() => setParams({ add: null }, { replace: true })} />
      </Show>
    </Frame>
  );
}
