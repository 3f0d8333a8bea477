/** All MCP servers, and whether they are reached. */
import { useSearchParams } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { SearchBar, useSearched } from '../../design/Searched.tsx';
import { Table } from '../../design/Table.tsx';
import { groupOf, standOf } from '../../live/mcpStand.ts';
import { actorsOf } from '../../live/selectors.ts';
import '../mcpTools/mcp.css';
import { columns } from './columns.tsx';
import { AddServer } from './ServerForm.tsx';
import { fits } from './serverRows.ts';

const states = [
  { value: 'ready', text: 'Ready' },
  { value: 'away', text: 'Not reached' },
  { value: 'off', text: 'Off' },
] as const;

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<{ add?: string }>();
  const list = useSearched(
    () => actorsOf('mcp-server'),
    fits,
    (server, state) => groupOf(standOf(server)) === state,
  );
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
      <SearchBar of={list} label="Search servers and tools" states={states} />
      <Table
        label="MCP servers"
        rows={list.rows()}
        idOf={({ id }) => id}
        columns={columns}
        hrefOf={({ id }) => `/mcp/servers/${id}`}
        sort={{ column: 'status', isDescending: false }}
        empty={
          <Show
            when={list.all().length > 0}
            fallback={
              <Empty title="No MCP server yet" action={addButton()}>
                The gateway connects to MCP servers, watches them, and offers all their tools to
                clients at /mcp. Add the first one here, or name it in MCP_CONFIG_PATH.
              </Empty>
            }
          >
            <NoneFits
              one="server"
              all="servers"
              of={`${list.all().length} servers`}
              onAll={list.showAll}
            />
          </Show>
        }
      />
      <Show when={params.add}>
        <AddServer onClose={() => setParams({ add: null }, { replace: true })} />
      </Show>
    </Frame>
  );
}
