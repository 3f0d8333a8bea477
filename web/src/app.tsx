/** Every page of the console: its address, its place in the rail, and the file that is loaded for it. */
import { Route, Router } from '@solidjs/router';
import { For, lazy, type Component, type JSX } from 'solid-js';
import type { IconName } from './design/Icon.tsx';
import { NotFound } from './shell/NotFound.tsx';
import { Shell } from './shell/Shell.tsx';

type PageFile = Promise<Readonly<{ default: Component }>>;

/** `rail` is where it stands in the rail; pages without one are reached from another. */
export type Place = Readonly<{
  path: string;
  load: () => PageFile;
  rail?: readonly [section: string, text: string, icon: IconName];
}>;

const page = (file: Promise<Readonly<{ Page: Component }>>): PageFile =>
  file.then(({ Page }) => ({ default: Page }));

// prettier-ignore
const places: readonly Place[] = [
  { path: '/', load: () => page(import('./pages/overview/Overview.tsx')), rail: ['Watch', 'Overview', 'overview'] },
  { path: '/providers', load: () => page(import('./pages/providers/Providers.tsx')), rail: ['AI', 'Providers', 'vendor'] },
  { path: '/providers/:id', load: () => page(import('./pages/provider/Provider.tsx')) },
  { path: '/keys', load: () => page(import('./pages/keys/Keys.tsx')), rail: ['AI', 'Provider keys', 'key'] },
  { path: '/keys/:id', load: () => page(import('./pages/key/Key.tsx')) },
  { path: '/routes', load: () => page(import('./pages/routes/Routes.tsx')), rail: ['AI', 'Model routes', 'route'] },
  { path: '/routes/:id', load: () => page(import('./pages/route/Route.tsx')) },
  { path: '/clients', load: () => page(import('./pages/clients/Clients.tsx')), rail: ['AI', 'Client keys', 'client'] },
  { path: '/clients/:id', load: () => page(import('./pages/client/Client.tsx')) },
  { path: '/mcp/servers', load: () => page(import('./pages/mcpServers/Servers.tsx')), rail: ['MCP', 'MCP servers', 'server'] },
  { path: '/mcp/servers/:id', load: () => page(import('./pages/mcpServer/Server.tsx')) },
  { path: '/mcp/tools', load: () => page(import('./pages/mcpTools/Tools.tsx')), rail: ['MCP', 'Tool explorer', 'tool'] },
  { path: '/mcp/tools/:tool', load: () => page(import('./pages/mcpTools/Tools.tsx')) },
  { path: '/mcp/log', load: () => page(import('./pages/mcpLog/Log.tsx')), rail: ['MCP', 'MCP log', 'probe'] },
  { path: '/conversations', load: () => page(import('./pages/conversations/Conversations.tsx')), rail: ['Talk', 'Conversations', 'chat'] },
  { path: '/conversations/:id', load: () => page(import('./pages/conversation/Conversation.tsx')) },
  { path: '/playground', load: () => page(import('./pages/playground/Playground.tsx')), rail: ['Talk', 'Playground', 'play'] },
  { path: '/requests', load: () => page(import('./pages/requests/Requests.tsx')), rail: ['Look back', 'Requests', 'requests'] },
  { path: '/requests/:id', load: () => page(import('./pages/request/Request.tsx')) },
  { path: '/audit', load: () => page(import('./pages/audit/Audit.tsx')), rail: ['Look back', 'Audit', 'log'] },
  { path: '/time', load: () => page(import('./pages/time/TimeTravel.tsx')), rail: ['Look back', 'Time travel', 'audit'] },
  { path: '/settings', load: () => page(import('./pages/settings/Settings.tsx')), rail: ['Gateway', 'Settings', 'settings'] },
  { path: '/webhooks', load: () => page(import('./pages/webhooks/Webhooks.tsx')), rail: ['Gateway', 'Webhooks', 'out'] },
];

export const App = (): JSX.Element => (
  <Router base="/console" root={(props) => <Shell places={places}>{props.children}</Shell>}>
    <For each={places}>{({ path, load }) => <Route path={path} component={lazy(load)} />}</For>
    <Route path="/login" component={lazy(() => page(import('./pages/overview/Overview.tsx')))} />
    <Route path="*" component={NotFound} />
  </Router>
);
