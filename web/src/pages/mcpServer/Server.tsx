/** One MCP server: how it is reached, the machine of its connection, and what it offers. */
import { A, useNavigate, useParams, useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Card, Page as Frame } from '../../design/Page.tsx';
import { Tabs } from '../../design/Tabs.tsx';
import { connectionOf, type McpServer } from '../../live/mcpStand.ts';
import { actorOf } from '../../live/selectors.ts';
import { Missing } from '../actor/Missing.tsx';
import { connect, ServerDialog, ServerMenu, type ServerAsk } from '../mcpServers/ServerMenu.tsx';
import { Stand } from '../mcpServers/Stand.tsx';
import '../mcpTools/mcp.css';
import { Catalog } from './Catalog.tsx';
import { Changes } from './Changes.tsx';
import { Facts } from './Facts.tsx';
import { ConnectionHistory, ConnectionMachine } from './History.tsx';
import { Stderr } from './Stderr.tsx';
import { ToolList } from './ToolList.tsx';

function Actions(props: { of: McpServer }): JSX.Element {
  const navigate = useNavigate();
  const [asked, setAsked] = createSignal<ServerAsk>();
  return (
    <>
      <Switch>
        <Match when={props.of.status === 'disabled'}>
          <Button look="primary" icon="play" onClick={() => void connect(props.of.id)}>
            Connect
          </Button>
        </Match>
        <Match when={props.of.status === 'enabled'}>
          <Button icon="probe" onClick={() => void connect(props.of.id)}>
            Connect anew
          </Button>
          <Button icon="pause" onClick={() => setAsked('disconnect')}>
            Disconnect
          </Button>
        </Match>
      </Switch>
      <ServerMenu of={() => props.of} onRemoved={() => navigate('/mcp/servers')} />
      <Show when={asked()}>
        <ServerDialog of={props.of} asked={asked()} onClose={() => setAsked(undefined)} />
      </Show>
    </>
  );
}

const tabsOf = ({ context }: McpServer) => {
  const { tools, resources, resourceTemplates, prompts } = context.lists;
  return [
    { value: 'tools', text: 'Tools', number: tools?.length },
    {
      value: 'resources',
      text: 'Resources',
      number: (resources?.length ?? 0) + (resourceTemplates?.length ?? 0),
    },
    { value: 'prompts', text: 'Prompts', number: prompts?.length },
    { value: 'history', text: 'History' },
    { value: 'changes', text: 'Changes' },
    { value: 'stderr', text: 'Stderr' },
  ];
};

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  const [query, setQuery] = useSearchParams<{ tab?: string }>();
  const server = () => actorOf('mcp-server', params.id);
  const tab = createMemo(() => {
    const known = ['tools', 'resources', 'prompts', 'history', 'changes', 'stderr'];
    return known.find((one) => one === query.tab) ?? 'tools';
  });
  return (
    <Show
      when={server()}
      fallback={
        <Missing title="MCP server" what="server" href="/mcp/servers">
          It may have been deleted. What happened to it is still in the log.
        </Missing>
      }
    >
      {(one) => (
        <Frame
          title={one().context.name || one().id}
          crumb={<A href="/mcp/servers">MCP servers</A>}
          beside={<Stand of={one} />}
          actions={<Actions of={one()} />}
        >
          <div class="cards">
            <div class="w4 stack">
              <Facts of={one()} />
            </div>
            <div class="w8 stack calm">
              <ConnectionMachine of={connectionOf(one().id)} />
              <Card bare>
                <Tabs
                  label="What it offers"
                  value={tab()}
                  tabs={tabsOf(one())}
                  onInput={(value) => setQuery({ tab: value }, { replace: true })}
                >
                  <Switch>
                    <Match when={tab() === 'tools'}>
                      <ToolList of={one()} />
                    </Match>
                    <Match when={tab() === 'resources'}>
                      <Catalog of={one()} lists={['resources', 'resource_templates']} />
                    </Match>
                    <Match when={tab() === 'prompts'}>
                      <Catalog of={one()} lists={['prompts']} />
                    </Match>
                    <Match when={tab() === 'history'}>
                      <ConnectionHistory of={connectionOf(one().id)} />
                    </Match>
                    <Match when={tab() === 'changes'}>
                      <Changes of={one()} />
                    </Match>
                    <Match when={tab() === 'stderr'}>
                      <Stderr of={one()} />
                    </Match>
                  </Switch>
                </Tabs>
              </Card>
            </div>
          </div>
        </Frame>
      )}
    </Show>
  );
}
