/** Clients without a session hear what changes in one stream; servers without sessions are listened to likewise. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { serveReference, type Reference } from '../conformance/reference/http.ts';
import { mcpClient, mcpGateway, type McpGateway } from '../support/mcp.ts';

setDefaultTimeout(60_000);

const subscriptionId = 'io.modelcontextprotocol/subscriptionId';
const watched = 'test://watched-resource';

let references: readonly Reference[];
let gateway: McpGateway;
beforeAll(async () => {
  references = [serveReference(), serveReference(), serveReference(0, 'modern')];
  const [first, second, modern] = references.map(({ url }) => url);
  gateway = await mcpGateway({
    servers: {
      first: { url: first, prefix: 'conflict' },
      second: { url: second },
      modern: { url: modern },
    },
  });
  await gateway.connected('first');
  await gateway.connected('second');
  await gateway.connected('modern');
});
afterAll(async () => {
  await gateway?.stop();
  for (const reference of references) await reference.stop();
});

type Message = Readonly<{ method?: string; params?: unknown; result?: unknown }>;

/** One stream of a modern client: its messages, one by one. */
async function listening(path: string, notifications: object) {
  const gone = new AbortController();
  const method = 'subscriptions/listen';
  const response = await fetch(`${gateway.url()}${path}`, {
    method: 'POST',
    signal: gone.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 'mine',
      method,
      params: {
        notifications,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  const messages: Message[] = [];
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  return {
    async next(): Promise<Message> {
      for (;;) {
        const found = messages.shift();
        if (found) return found;
        const read = await reader?.read();
        if (!read || read.done) throw new Error('the stream ended');
        const blocks = (rest + read.value).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = block.split('\n').find((line) => line.startsWith('data: '));
          if (data) messages.push(JSON.parse(data.slice('data: '.length)));
        }
      }
    },
    stop: () => gone.abort(),
  };
}

async function call(path: string, name: string): Promise<void> {
  const client = await mcpClient(`${gateway.url()}${path}`, 'modern');
  await client.callTool({ name, arguments: {} });
  await client.close();
}

describe('A client that listens', () => {
  test('is first told what it will hear, and then hears that a list has changed', async () => {
    const stream = await listening('/mcp/first', { toolsListChanged: true });
    expect(await stream.next()).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true }, _meta: { [subscriptionId]: 'mine' } },
    });
    await call('/mcp/first', 'test_trigger_tool_change');
    expect(await stream.next()).toMatchObject({
      method: 'notifications/tools/list_changed',
      params: { _meta: { [subscriptionId]: 'mine' } },
    });
    stream.stop();
  });

  test('hears nothing of what it did not ask for', async () => {
    const stream = await listening('/mcp/first', { promptsListChanged: true });
    await stream.next();
    await call('/mcp/first', 'test_trigger_tool_change');
    await call('/mcp/first', 'test_trigger_prompt_change');
    expect((await stream.next()).method).toBe('notifications/prompts/list_changed');
    stream.stop();
  });

  test('hears that a resource was updated, under the name that it knows it by', async () => {
    const client = await mcpClient(`${gateway.url()}/mcp`, 'modern');
    const { resources } = await client.listResources();
    await client.close();
    const other = resources.map(({ uri }) => uri).find((uri) => uri.endsWith(`:${watched}`));
    const stream = await listening('/mcp', { resourceSubscriptions: [other] });
    await stream.next();
    const tool = other?.startsWith('mcp+second') ? 'second' : 'first';
    // The server is listened to a moment after the client was told: until then an update is nobody's.
    const updates = setInterval(() => {
      call(`/mcp/${tool}`, 'test_trigger_resource_update').catch(() => undefined);
    }, 200);
    const heard = await stream.next().finally(() => clearInterval(updates));
    expect(heard).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: other, _meta: { [subscriptionId]: 'mine' } },
    });
    stream.stop();
  });

  test('is told so at once when there is nothing it could hear', async () => {
    const stream = await listening('/mcp', {});
    expect((await stream.next()).method).toBe('notifications/subscriptions/acknowledged');
    expect(await stream.next()).toMatchObject({ result: { resultType: 'complete' } });
  });
});

test('A server goes by its own names where they are free and it is to', async () => {
  const client = await mcpClient(`${gateway.url()}/mcp`, 'modern');
  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  expect(names).toContain('test_simple_text');
  expect(names).toContain('second_test_simple_text');
  await client.close();
});

test('A client of the older era subscribes at a server that knows no sessions, until it does not', async () => {
  const client = await mcpClient(`${gateway.url()}/mcp/modern`, 'legacy');
  const heard: unknown[] = [];
  let onHeard: () => void = () => undefined;
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    heard.push(params);
    onHeard();
  });
  const update = async () => {
    const next = new Promise<void>((resolve) => (onHeard = resolve));
    await client.callTool({ name: 'test_trigger_resource_update', arguments: {} });
    return next;
  };
  await client.subscribeResource({ uri: watched });
  await update();
  expect(heard).toEqual([{ uri: watched }]);
  await client.subscribeResource({ uri: 'test://static-text' });
  await update();
  expect(heard).toEqual([{ uri: watched }, { uri: watched }]);

  await client.unsubscribeResource({ uri: watched });
  await client.callTool({ name: 'test_trigger_resource_update', arguments: {} });
  await client.subscribeResource({ uri: watched });
  await update();
  expect(heard).toHaveLength(3);
  await client.close();
});
