/** All that a server can do passes through the gateway, whichever way the server is reached. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Client } from '@modelcontextprotocol/client';
import { everythingServer, type EverythingServer } from '../support/everythingServer.ts';
import { everything, mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

let gateway: McpGateway;
const upstreams: EverythingServer[] = [];
beforeAll(async () => {
  const sse = await everythingServer('sse');
  const http = await everythingServer('http');
  upstreams.push(sse, http);
  gateway = await mcpGateway({
    servers: {
      stdio: everything,
      sse: { url: sse.url, transport: 'sse' },
      http: { url: http.url, type: 'http' },
    },
  });
  await Promise.all(['stdio', 'sse', 'http'].map((name) => gateway.connected(name)));
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all(upstreams.map(({ kill }) => kill()));
});

const clients: Client[] = [];
const clientOf = async (path: string, era: 'legacy' | 'modern' = 'legacy'): Promise<Client> => {
  const client = await mcpClient(`${gateway.url()}${path}`, era);
  clients.push(client);
  return client;
};
afterAll(() => Promise.all(clients.map((client) => client.close())));

test('One roof shows everything of all three, and each name once', async () => {
  const client = await clientOf('/mcp');
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const server of ['http', 'sse', 'stdio']) expect(names).toContain(`${server}_echo`);
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toContain('http_simple-prompt');
  const { resources } = await client.listResources();
  expect(new Set(resources.map(({ uri }) => uri)).size).toBe(resources.length);
});

describe.each(['stdio', 'sse', 'http'])('A server behind %s', (server) => {
  test('has its resources read, its templates filled and its prompts filled in', async () => {
    const client = await clientOf(`/mcp/${server}`);
    const { resources } = await client.listResources();
    const [first] = resources;
    const read = await client.readResource({ uri: first?.uri ?? '' });
    expect(read.contents[0]?.uri).toBe(first?.uri);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.length).toBeGreaterThan(0);
    const dynamic = await client.readResource({ uri: 'demo://resource/dynamic/text/1' });
    expect(dynamic.contents).toHaveLength(1);
    const prompt = await client.getPrompt({ name: 'args-prompt', arguments: { city: 'Ulm' } });
    expect(JSON.stringify(prompt.messages)).toContain('Ulm');
  });

  test('completes arguments', async () => {
    const client = await clientOf(`/mcp/${server}`);
    const { completion } = await client.complete({
      ref: { type: 'ref/prompt', name: 'completable-prompt' },
      argument: { name: 'department', value: 'E' },
    });
    expect(completion.values).toEqual(['Engineering']);
  });

  test('tells how far a long call is, under the token of the client', async () => {
    const client = await clientOf('/mcp');
    const told: number[] = [];
    const result = await client.callTool(
      {
        name: `${server}_trigger-long-running-operation`,
        arguments: { duration: 0.4, steps: 4 },
      },
      { onprogress: ({ progress }) => told.push(progress) },
    );
    expect(result.isError).toBeFalsy();
    expect(told).toEqual([1, 2, 3, 4]);
  });

  test('asks the client whose call it is for a sample, for input and for its roots', async () => {
    const client = await clientOf(`/mcp/${server}`);
    client.setRequestHandler('sampling/createMessage', () => ({
      role: 'assistant' as const,
      model: 'test-model',
      content: { type: 'text' as const, text: 'sampled here' },
    }));
    client.setRequestHandler('elicitation/create', () => ({ action: 'decline' as const }));
    client.setRequestHandler('roots/list', () => ({ roots: [{ uri: 'file:///only-here' }] }));
    const sampled = await client.callTool({
      name: 'trigger-sampling-request',
      arguments: { prompt: 'go', maxTokens: 5 },
    });
    expect(JSON.stringify(sampled.content)).toContain('sampled here');
    const elicited = await client.callTool({ name: 'trigger-elicitation-request', arguments: {} });
    expect(JSON.stringify(elicited.content)).toContain('declined');
    await client.sendRootsListChanged();
    await until('the server has asked for the roots', async () => {
      const roots = await client.callTool({ name: 'get-roots-list', arguments: {} });
      return JSON.stringify(roots.content).includes('only-here');
    });
  });

  test('has a call cancelled, and goes on', async () => {
    const client = await clientOf(`/mcp/${server}`);
    const controller = new AbortController();
    const long = client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 30, steps: 30 } },
      { signal: controller.signal, onprogress: () => controller.abort('enough') },
    );
    expect(await long.catch((error: unknown) => String(error))).toContain('enough');
    const after = await client.callTool({ name: 'echo', arguments: { message: 'still here' } });
    expect(after.content).toEqual([{ type: 'text', text: 'Echo: still here' }]);
  });

  test('serves modern clients too', async () => {
    const client = await clientOf(`/mcp/${server}`, 'modern');
    const { resources } = await client.listResources();
    const read = await client.readResource({ uri: resources[0]?.uri ?? '' });
    expect(read.contents).toHaveLength(1);
    const told: number[] = [];
    await client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 2 } },
      { onprogress: ({ progress }) => told.push(progress) },
    );
    expect(told).toEqual([1, 2]);
  });
});
