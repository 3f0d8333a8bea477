/** MCP through all layers: a server of the file, its actor, its tools on both endpoints, in both eras, and the record. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { ToolCalled, TrafficEvent } from '../../events/traffic.ts';
import { everything, mcpClient, mcpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';
import { stoppedAfterAll } from '../support/endings.ts';

setDefaultTimeout(60_000);

const gateway = stoppedAfterAll(() => mcpGateway({ servers: { everything } }));
beforeAll(async () => {
  await gateway.connected('everything');
});

const called = async (): Promise<ToolCalled[]> => {
  let events: TrafficEvent[] = [];
  await until('the calls are in the log', async () => {
    const { lastSequence } = await gateway.log.state('TRAFFIC');
    const messages = await gateway.log.readTraffic(0, lastSequence);
    events = messages.flatMap((message) => message.events);
    return events.filter(({ type }) => type === 'ToolCalled').length === 5;
  });
  return events.filter((event): event is ToolCalled => event.type === 'ToolCalled');
};

describe.each(['legacy', 'modern'] as const)('A %s client', (era) => {
  test('sees the tools of every server under one roof, and calls one', async () => {
    const client = await mcpClient(`${gateway.url()}/mcp`, era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('everything_echo');
    const result = await client.callTool({
      name: 'everything_echo',
      arguments: { message: 'secretly' },
    });
    expect(result.content).toEqual([{ type: 'text', text: 'Echo: secretly' }]);
    await client.close();
  });

  test('sees the tools of one server under their own names, and calls one', async () => {
    const client = await mcpClient(`${gateway.url()}/mcp/everything`, era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('echo');
    const result = await client.callTool({ name: 'echo', arguments: { message: 'secretly' } });
    expect(result.content).toEqual([{ type: 'text', text: 'Echo: secretly' }]);
    await client.close();
  });
});

test('A bare request is answered as JSON', async () => {
  const response = await fetch(`${gateway.url()}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { name: 'everything_echo', arguments: { message: 'bare' } },
    }),
  });
  expect(await response.json()).toEqual({
    jsonrpc: '2.0',
    id: 7,
    result: { content: [{ type: 'text', text: 'Echo: bare' }] },
  });
});

test('Each call is one event of the traffic, without its arguments', async () => {
  const all = await called();
  expect(all[0]?.data).toMatchObject({
    client: '',
    server: 'everything',
    tool: 'echo',
    via: 'mcp',
    outcome: 'completed',
    isError: false,
    errorCode: null,
  });
  expect(JSON.stringify(all)).not.toContain('secretly');
});
