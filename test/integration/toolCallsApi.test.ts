/** What is kept of calls of MCP tools, and of what servers offer: by API, in totals, in metrics and live. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { apiOf, expectProblem } from '../support/api.ts';
import { everything, mcpGateway, type McpGateway } from '../support/mcp.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

let acme = '';
let other = '';
let keeper = '';
let gateway: McpGateway;
const asOperator = apiOf(() => gateway.url());

beforeAll(async () => {
  gateway = await mcpGateway({ servers: { everything } });
  await gateway.connected('everything');
  const keyOf = async (client: string): Promise<string> =>
    (await asOperator('POST', '/api/keys', { client_id: client })).json.key;
  acme = await keyOf('acme');
  other = await keyOf('other');
  keeper = await keyOf('keeper');
});
afterAll(() => gateway?.stop());

let made = 0;

async function call(key: string, tool: string, given: object): Promise<void> {
  made += 1;
  const response = await fetch(`${gateway.url()}/mcp/everything`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: given },
    }),
  });
  expect(response.status).toBe(200);
  await response.bytes();
}

type Call = Readonly<Record<string, unknown> & { id: string }>;

/** The newest calls, once there are so many. */
async function calls(count: number, query = ''): Promise<Call[]> {
  let found: Call[] = [];
  await until(`${count} calls are listed`, async () => {
    const { json: body } = await asOperator('GET', `/api/mcp/calls?limit=1000${query}`);
    // Nothing is projected yet: 503.
    found = (body['data'] ?? []) as Call[];
    return found.length >= count;
  });
  return found;
}

const asClient = async (key: string, path: string) => {
  const response = await fetch(gateway.url() + path, { headers: { 'x-api-key': key } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('calls of tools', () => {
  test('are listed, found by their ids, and never say what was said', async () => {
    await call(acme, 'echo', { message: 'secretly' });
    const [listed] = await calls(1, '&tool=echo&client=acme');
    expect(listed).toMatchObject({
      client: 'acme',
      server: 'everything',
      tool: 'echo',
      backend: null,
      via: 'mcp',
      outcome: 'completed',
      is_error: false,
      error_code: null,
      cached: false,
    });
    const { json: body } = await asOperator('GET', `/api/mcp/calls/${listed?.id}`);
    expect(body).toEqual(listed as Record<string, unknown>);
    expect(JSON.stringify(body)).not.toContain('secretly');
    expectProblem(
      await asOperator('GET', `/api/mcp/calls/${crypto.randomUUID()}`),
      404,
      'TOOL_CALL_NOT_FOUND',
    );
    expectProblem(
      await asOperator('GET', `/api/mcp/calls/${listed?.id}/body`),
      404,
      'BODY_NOT_RECORDED',
    );
  });

  test('are shown to the client whose they are, and to no other', async () => {
    await call(acme, 'echo', { message: 'mine' });
    const [mine] = await calls(1, '&client=acme');
    expect((await asClient(acme, `/api/mcp/calls/${mine?.id}`)).status).toBe(200);
    expect((await asClient(other, `/api/mcp/calls/${mine?.id}`)).status).toBe(404);
    const { body } = await asClient(other, '/api/mcp/calls?client=acme');
    expect(body['data']).toEqual([]);
  });

  test('are in the totals, grouped, and in the metrics', async () => {
    // What was recorded before may still wait for its batch.
    const counted = async (): Promise<number> => {
      const { json } = await asOperator('GET', '/api/stats');
      return json.totals?.tool_calls ?? 0;
    };
    await until('the calls before are counted', async () => (await counted()) === made);
    const before = made;
    await call(other, 'get-sum', { a: 1, b: 2 });
    await calls(before + 1);
    const { json: body } = await asOperator('GET', '/api/stats?group=tool');
    const rows = body['data'] as Record<string, unknown>[];
    expect(rows.find(({ tool }) => tool === 'get-sum')).toMatchObject({
      server: 'everything',
      tool_calls: 1,
      tool_failures: 0,
      requests: 0,
    });
    expect(body['totals']).toMatchObject({ requests: 0, tool_calls: before + 1 });
    const byClient = await asClient(other, '/api/stats?group=client');
    expect(byClient.body['data']).toMatchObject([{ client: 'other', tool_calls: 1 }]);
    const metrics = await (await fetch(`${gateway.url()}/metrics`)).text();
    expect(metrics).toContain(
      'signalbox_mcp_tool_calls_total{server="everything",tool="get-sum",outcome="completed"} 1',
    );
    expect(metrics).toContain('signalbox_mcp_connections{server="everything",state="ready"} 1');
  });

  test('come live as they happen, to those who want them', async () => {
    const leaving = new AbortController();
    const live = await fetch(`${gateway.url()}/api/live?server=everything&tool=echo`, {
      signal: leaving.signal,
    });
    await call(acme, 'get-sum', { a: 1, b: 2 });
    await call(acme, 'echo', { message: 'live' });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of live.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.includes('event: tool_call') && text.endsWith('\n\n')) break;
    }
    leaving.abort();
    const [block] = text.split('\n\n').filter((one) => one.includes('event: tool_call'));
    expect(block).toContain('"type":"ToolCalled"');
    expect(block).toContain('"tool":"echo"');
    expect(text).not.toContain('get-sum');
  });

  test('are kept with what was said once an operator wants that, and read under an event', async () => {
    await asOperator('PUT', '/api/settings/record_tool_calls', { value: true });
    // A client of its own: calls of the others from before may be listed only now.
    await call(keeper, 'get-sum', { a: 20, b: 22 });
    const [kept] = await calls(1, '&client=keeper');
    const path = `/api/mcp/calls/${kept?.id}/body`;
    let answer = await asOperator('GET', path);
    await until('it is written', async () => {
      answer = await asOperator('GET', path);
      return answer.status === 200;
    });
    const { request, response } = answer.json as Record<string, { text: string }>;
    expect(JSON.parse(request!.text)).toMatchObject({ arguments: { a: 20, b: 22 } });
    expect(response!.text).toContain('42');
    await until('the look at it is listed', async () => {
      const { json: body } = await asOperator('GET', '/api/events?type=RequestBodyRead');
      return JSON.stringify(body).includes(String(kept?.id));
    });
    await asOperator('DELETE', '/api/settings/record_tool_calls');
  });
});

describe('what a server offers', () => {
  test('is in the log with a hash for each tool, and so is what became of it', async () => {
    const { json: body } = await asOperator('GET', '/api/mcp/servers/everything/changes');
    const changes = body['data'] as Record<string, unknown>[];
    expect(changes.find(({ name }) => name === 'echo')).toEqual({
      sequence: expect.any(Number),
      time: expect.any(String),
      list: 'tools',
      name: 'echo',
      change: 'added',
      hash_before: null,
      hash_after: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const history = await asOperator('GET', '/api/actors/mcp-server/everything/events');
    expect(JSON.stringify(history.json)).toContain('"hashes"');
    expectProblem(
      await asOperator('GET', '/api/mcp/servers/nobody/changes'),
      404,
      'MCP_SERVER_NOT_FOUND',
    );
  });
});
