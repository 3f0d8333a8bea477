/** Every tool of every MCP server: found, filled in, run. */
import { A, useNavigate, useParams } from '@solidjs/router';
import { createMemo, Show, type JSX } from 'solid-js';
import { Empty } from '../../design/Empty.tsx';
import { Search, Select } from '../../design/Field.tsx';
import { NoneFits } from '../../design/NoneFits.tsx';
import { Page as Frame } from '../../design/Page.tsx';
import { Table } from '../../design/Table.tsx';
import type { Column } from '../../design/TableLine.tsx';
import { ask } from '../../live/ask.ts';
import { allTools, type Tool } from '../../live/mcpCommands.ts';
import { offerMark } from '../../live/mcpStand.ts';
import { choicesOf } from '../../live/selectors.ts';
import { useFilters } from '../../shell/address.ts';
import { useKeys } from '../../shell/keys.ts';
import './mcp.css';
import { ToolPane } from './ToolPane.tsx';

type Params = { q?: string; server?: string; args?: string };

/** Every word that is looked for is in it. */
function fits(tool: Tool, text: string, server: string): boolean {
  if (server !== '' && tool.server !== server) return false;
  const all = `${tool.id} ${tool.name} ${tool.description ?? ''}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

const pathOf = ({ id }: Tool): string => `/mcp/tools/${encodeURIComponent(id)}`;

export function Page(): JSX.Element {
  const params = useParams<{ tool?: string }>();
  const { params: query, setParams: setQuery, set } = useFilters<Params>();
  const navigate = useNavigate();
  const text = () => query.q ?? '';
  const server = () => query.server ?? '';
  const mark = createMemo(offerMark);
  const asked = ask(mark, allTools);
  const tools = () => asked.value() ?? [];
  const shown = createMemo(() => tools().filter((tool) => fits(tool, text(), server())));
  const filters = () => {
    const kept = new URLSearchParams();
    if (text() !== '') kept.set('q', text());
    if (server() !== '') kept.set('server', server());
    return kept.size > 0 ? `?${kept}` : '';
  };
  const isNamed = ({ id, server: of, name }: Tool): boolean =>
    [id, encodeURIComponent(id), `${of}_${name}`].includes(params.tool ?? '');
  const chosen = createMemo(
    () => tools().find(isNamed),
    undefined,
    // Read anew, it is the same as long as its server says the same of it.
    { equals: (one, other) => one?.id === other?.id && one?.hash === other?.hash },
  );
  const servers = createMemo(() => [
    { value: '', text: 'All servers' },
    ...choicesOf('mcp-server'),
  ]);
  useKeys({ Escape: () => params.tool !== undefined && navigate(`/mcp/tools${filters()}`) });

  const columns: readonly Column<Tool>[] = [
    {
      name: 'tool',
      title: 'Tool',
      width: 'minmax(180px, 1fr)',
      cell: (tool) => (
        <div class="tool-line" classList={{ chosen: chosen()?.id === tool().id }}>
          <div class="row spread">
            <A
              class="mono truncate"
              href={pathOf(tool()) + filters()}
              aria-current={chosen()?.id === tool().id ? 'true' : undefined}
            >
              {tool().name}
            </A>
            <span class="tag">{tool().server}</span>
          </div>
          <div class="muted small truncate">{tool().description ?? ''}</div>
        </div>
      ),
    },
  ];

  const Nothing = (): JSX.Element => (
    <Show
      when={tools().length > 0}
      fallback={
        <Show
          when={asked.value()}
          fallback={
            <Empty title={asked.fault() ? 'The tools cannot be read' : 'Loading'}>
              {asked.fault() ?? 'The tools are being read.'}
            </Empty>
          }
        >
          <Empty
            title="No tool yet"
            action={
              <A class="button primary" href="/mcp/servers?add=server">
                Add a server
              </A>
            }
          >
            Tools come with MCP servers. Add one, and what it offers is listed here.
          </Empty>
        </Show>
      }
    >
      <NoneFits
        one="tool"
        all="tools"
        of={`${tools().length} tools`}
        onAll={() => setQuery({ q: null, server: null })}
      />
    </Show>
  );

  return (
    <Frame
      title="Tool explorer"
      lead="Every tool that clients are offered. Run one, and see what it answers."
      fill
    >
      <div class="row wrap">
        <Search label="Search tools" value={text()} onInput={set('q')} />
        <Select label="Server" value={server()} options={servers()} onInput={set('server')} />
        <span class="muted small" role="status">
          {shown().length} of {tools().length} tools
        </span>
        <Show when={params.tool}>
          <A class="button slim back" href={`/mcp/tools${filters()}`}>
            All tools
          </A>
        </Show>
      </div>
      <div class="explorer" classList={{ one: params.tool !== undefined }}>
        <Table
          label="Tools"
          rows={shown()}
          idOf={({ id }) => id}
          columns={columns}
          rowHeight={56}
          selected={chosen()?.id}
          hrefOf={(tool) => pathOf(tool) + filters()}
          empty={<Nothing />}
        />
        <div class="scroll" role="region" aria-label="Tool" tabIndex={0}>
          <Show
            keyed
            when={chosen()}
            fallback={
              <Empty
                title={params.tool && asked.value() ? 'There is no such tool' : 'Choose a tool'}
              >
                {params.tool && asked.value()
                  ? 'It may have gone with its server, or somebody switched it off.'
                  : 'Its schema becomes a form here. Run it and see the result, its time and its cost.'}
              </Empty>
            }
          >
            {(tool) => (
              <ToolPane
                tool={tool}
                given={query.args}
                linkOf={(args) =>
                  `${location.origin}/console${pathOf(tool)}?args=${encodeURIComponent(args)}`
                }
              />
            )}
          </Show>
        </div>
      </div>
    </Frame>
  );
}
