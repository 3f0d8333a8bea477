/** MCP over REST: servers, tools, resources and prompts for programs that speak plain HTTP. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { everything, mcpGateway } from '../support/mcp.ts';
import { stoppedAfterAll } from '../support/endings.ts';

setDefaultTimeout(60_000);

const gateway = stoppedAfterAll(() => mcpGateway({ servers: { reference: everything } }));
beforeAll(async () => {
  await gateway.connected('reference');
});

const ask = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${gateway.url()}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  };
};

const call = (tool: string, given: unknown) =>
  ask('POST', '/api/mcp/reference', {
    method: 'call_tool',
    params: { tool_name: tool, arguments: given },
  });

describe('a server over REST', () => {
  test('is among the servers, with its state and its tools', async () => {
    const { json } = await ask('GET', '/api/servers');
    expect(json).toEqual({
      servers: [
        {
          name: 'reference',
          backend: 'primary',
          status: 'healthy',
          state: 'ready',
          tools_count: expect.any(Number),
          last_health_check: expect.stringMatching(/^20.*Z$/),
        },
      ],
    });
  });

  test('answers the call of a tool with its content', async () => {
    const { status, json } = await call('echo', { message: 'hello' });
    expect(status).toBe(200);
    expect(json).toEqual({
      result: [{ type: 'text', text: 'Echo: hello' }],
      backend: 'primary',
      response_time: expect.any(Number),
      cached: false,
      is_error: false,
    });
    expect(Number(json['response_time'])).toBeLessThan(30);
  });

  test('answers with structured content beside it', async () => {
    const { json } = await call('get-structured-content', { location: 'New York' });
    expect(json['structured_content']).toMatchObject({ temperature: expect.any(Number) });
  });

  test.each([
    ['list_tools', {}, 'name'],
    ['list_resources', {}, 'uri'],
    ['list_prompts', {}, 'name'],
    ['get_prompt', { name: 'simple-prompt' }, 'role'],
  ])('answers %s', async (method, params, field) => {
    const { status, json } = await ask('POST', '/api/mcp/reference', { method, params });
    expect(status).toBe(200);
    const [first] = json['result'] as Record<string, unknown>[];
    expect(first?.[field]).toBeString();
  });

  test('reads a resource that it lists', async () => {
    const listed = await ask('POST', '/api/mcp/reference', { method: 'list_resources' });
    const [first] = listed.json['result'] as { uri: string }[];
    const read = { method: 'read_resource', params: { uri: first?.uri } };
    const { json } = await ask('POST', '/api/mcp/reference', read);
    expect(json['result']).toMatchObject([{ uri: first?.uri }]);
  });

  test.each([
    ['a field that is missing', {}, 'message is missing'],
    ['a field of another type', { message: 7 }, 'message must be string'],
  ])('is not asked with %s', async (_, given, words) => {
    const { status, json } = await call('echo', given);
    expect(status).toBe(422);
    expect(json).toMatchObject({ code: 'INVALID_ARGUMENTS' });
    expect(json['detail']).toContain(words);
  });

  test.each([
    ['POST', '/api/mcp/nobody', { method: 'list_tools' }, 404, 'MCP_SERVER_NOT_FOUND'],
    ['POST', '/api/mcp/reference', { method: 'explode' }, 422, 'INVALID_BODY'],
    ['POST', '/api/mcp/reference', { method: 'call_tool', params: {} }, 422, 'INVALID_BODY'],
    [
      'POST',
      '/api/mcp/reference',
      { method: 'call_tool', params: { name: 'nothing' } },
      404,
      'TOOL_NOT_FOUND',
    ],
    ['GET', '/api/mcp/tools/nothing', undefined, 404, 'TOOL_NOT_FOUND'],
    ['POST', '/api/mcp/tools/9999/execute', {}, 404, 'TOOL_NOT_FOUND'],
  ] as const)('refuses %s %s with %p as %d', async (method, path, body, status, code) => {
    const answer = await ask(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.json['code']).toBe(code);
  });
});

describe('the tools of all servers', () => {
  test('are listed under their names on /mcp, described, and called by them', async () => {
    const { json } = await ask('GET', '/api/mcp/tools');
    const tools = json['data'] as Record<string, unknown>[];
    const echo = tools.find(({ id }) => id === 'reference_echo');
    expect(echo).toMatchObject({
      server: 'reference',
      name: 'echo',
      input_schema: expect.any(Object),
    });
    expect((await ask('GET', '/api/mcp/tools/reference_echo')).json).toEqual({ ...echo });
    const executed = await ask('POST', '/api/mcp/tools/reference_echo/execute', { message: 'x' });
    expect(executed.json).toMatchObject({ result: [{ type: 'text', text: 'Echo: x' }] });
  });

  test('are called by their numbers too', async () => {
    const { json } = await ask('GET', '/api/mcp/tools/reference_echo');
    const path = `/middleware/api/mcp/tools/${String(json['number'])}/execute`;
    const executed = await ask('POST', path, { message: 'by number' });
    expect(executed.json).toMatchObject({ result: [{ text: 'Echo: by number' }] });
  });

  test.each(['/middleware/api/mcp/reference', '/api/v1/mcp/reference'])(
    'are asked for under %s too',
    async (path) => {
      const { status } = await ask('POST', path, { method: 'list_tools', params: {} });
      expect(status).toBe(200);
    },
  );
});

describe('the MCP side as a whole', () => {
  test('is healthy while every server is', async () => {
    const { json } = await ask('GET', '/api/mcp/status');
    expect(json).toMatchObject({
      status: 'healthy',
      servers: { total: 1, healthy: 1, unhealthy: 0, disabled: 0 },
    });
  });

  test('is told of a server that is switched off, whose tools are gone', async () => {
    await ask('POST', '/api/mcp/servers/reference/disconnect');
    await gateway.connected('reference', 'disabled');
    const { json } = await ask('GET', '/api/servers');
    expect(json['servers']).toMatchObject([
      { status: 'disabled', state: 'disabled', tools_count: 0 },
    ]);
    expect((await call('echo', { message: 'x' })).status).toBe(404);
    await ask('POST', '/api/mcp/servers/reference/connect');
    await gateway.connected('reference');
  });
});
