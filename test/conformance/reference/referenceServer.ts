/** What the conformance suites ask of a server, all of it, on the official SDK. */
import { McpServer, type ServerNotifier } from '@modelcontextprotocol/server';
import { askingTools } from './askingTools.ts';
import { inputTools, requestStates } from './inputTools.ts';
import { plainTools } from './plainTools.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources, watchedUri } from './resources.ts';
import { objectSchema, registerTools, said, type Tool } from './tool.ts';

/** Tells whoever listens without a session. */
export type Notifier = ServerNotifier;

const change = (what: string, tell: () => void): Tool => ({
  description: `Says that ${what} changed`,
  schema: objectSchema(),
  async run() {
    tell();
    return said(`told that ${what} changed`);
  },
});

/** @param toAll Where nobody keeps a session; else the own session is told. */
export function referenceServer(toAll?: () => Notifier): McpServer {
  const server = new McpServer(
    { name: 'signalbox-reference', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: (state, ctx) => requestStates.verify(state, ctx) },
    },
  );
  registerTools(server, plainTools);
  registerTools(server, askingTools);
  registerTools(server, inputTools);
  registerTools(server, {
    test_trigger_tool_change: change('the list of tools', () =>
      toAll ? toAll().toolsChanged() : server.sendToolListChanged(),
    ),
    test_trigger_prompt_change: change('the list of prompts', () =>
      toAll ? toAll().promptsChanged() : server.sendPromptListChanged(),
    ),
    test_trigger_resource_update: change(watchedUri, () =>
      toAll
        ? toAll().resourceUpdated(watchedUri)
        : void server.server.sendResourceUpdated({ uri: watchedUri }),
    ),
  });
  registerResources(server);
  registerPrompts(server);
  const { server: below } = server;
  below.setRequestHandler('completion/complete', async () => ({
    completion: { values: [], total: 0, hasMore: false },
  }));
  below.setRequestHandler('logging/setLevel', async () => ({}));
  return server;
}
