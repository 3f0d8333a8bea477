/** Claude Code at the gateway: what it sends arrives as it was, and a session stays with its key. */
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { claudeCount, claudeMessage, type AgentRequest } from '../../support/codingAgents.ts';
import { messageStream } from '../../support/anthropicVendor.ts';
import { recordOf } from '../../support/factsOf.ts';
import { keysNamed, startProxied } from '../../support/proxied.ts';
import { gives, streams } from '../../support/sdkVendor.ts';
import { sha256, type Arrived, type Script } from '../../support/vendor.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const clientKey = 'client-key-of-claude';
const keys = keysNamed('one', 'two', 'tri');
const said = [
  { type: 'thinking', thinking: 'Files…', signature: 'c2ln' },
  { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls -la "x" ü' } },
];
const answers: Script = (request, reply) =>
  request.path.includes('count_tokens')
    ? gives({ input_tokens: 42 })(request, reply)
    : streams(messageStream(said, 'tool_use'))(request, reply);

const gateway = stoppedAfterAll(() =>
  startProxied({
    keys: { anthropic: keys },
    env: { MCP_API_KEYS: `${clientKey}:claude` },
    limits: { transientPauseMs: 1, waitMs: 0 },
    script: answers,
  }),
);
afterEach(() => {
  gateway.vendor.does(answers);
  gateway.vendor.forget();
});

const post = ({ path, headers, body }: AgentRequest): Promise<Response> =>
  gateway.post(path, body, { headers });
const bearer = { authorization: `Bearer ${clientKey}` };

/** All that was sent is there, but for who asked; the vendor's key is in its own header. */
function expectAsSent({ path, headers, body }: AgentRequest, arrived: Arrived): void {
  expect(arrived.path).toBe(path);
  expect(arrived.bodySha256).toBe(sha256(body));
  const { authorization: _bearer, 'x-api-key': _key, ...told } = headers;
  expect(Object.fromEntries(arrived.headers)).toMatchObject(told);
  expect(keys).toContain(arrived.headers.get('x-api-key') ?? '');
  expect(arrived.headers.get('authorization')).toBeNull();
}

describe('A turn', () => {
  test.each([
    ['a bearer token', bearer],
    ['an API key', { 'x-api-key': clientKey }],
    ['both', { ...bearer, 'x-api-key': clientKey }],
  ] as const)('under %s arrives as it was, and its stream comes back so', async (_what, who) => {
    const request = claudeMessage('s-1', who);
    const answer = await post(request);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('request-id')).toBe('req_1');
    expect(await answer.text()).toBe(messageStream(said, 'tool_use'));
    expectAsSent(request, gateway.vendor.last());
    expect(await recordOf(gateway, answer)).toMatchObject({
      client: 'claude',
      route: '/v1/messages',
      model: 'claude-opus-4-8',
      streamed: true,
      outcome: 'completed',
      usage: { inputTokens: 225, outputTokens: 15, cachedTokens: 200 },
    });
  });

  test('goes on with the key of its session, which keeps the prompt cache warm', async () => {
    const asked = new Map<string, Set<string>>();
    for (let turn = 0; turn < 4; turn++) {
      for (const session of ['s-a', 's-b', 's-c']) {
        const turns = Array.from({ length: turn }, (_, at) => ({
          role: at % 2 === 0 ? 'assistant' : 'user',
          content: `turn ${at}`,
        }));
        await (await post(claudeMessage(session, bearer, turns))).text();
        const used = asked.get(session) ?? new Set();
        asked.set(session, used.add(gateway.vendor.last().key));
      }
    }
    expect([...asked.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set([...asked.values()].flatMap((used) => [...used])).size).toBe(3);
  });

  test('changes its key when that one is limited, and stays with the new one', async () => {
    await (await post(claudeMessage('s-limited', bearer))).text();
    const first = gateway.vendor.last().key;
    gateway.vendor.does((request, reply) =>
      request.key === first
        ? reply.json(
            429,
            { type: 'error', error: { type: 'rate_limit_error', message: 'No' } },
            { 'retry-after': '5' },
          )
        : answers(request, reply),
    );
    gateway.vendor.forget();
    for (let turn = 0; turn < 3; turn++)
      expect((await post(claudeMessage('s-limited', bearer))).status).toBe(200);
    const [limited, ...after] = gateway.vendor.keys();
    expect(limited).toBe(first);
    expect(new Set(after).size).toBe(1);
    expect(after).toHaveLength(3);
  });
});

describe('Around its turns', () => {
  test('it counts tokens', async () => {
    const request = claudeCount(bearer);
    const answer = await post(request);
    expect(await answer.json()).toEqual({ input_tokens: 42 });
    expectAsSent(request, gateway.vendor.last());
  });

  test('it may knock at the door, and nothing is let through to the vendor', async () => {
    for (const method of ['HEAD', 'GET']) {
      const answer = await fetch(`${gateway.url()}/`, {
        method,
        headers: bearer,
        redirect: 'manual',
      });
      expect(answer.status).toBeLessThan(400);
    }
    const logging = await gateway.post(
      '/api/event_logging/batch',
      { events: [] },
      { headers: bearer },
    );
    expect(logging.status).toBeWithin(400, 500);
    expect(gateway.vendor.arrived).toEqual([]);
  });

  test('an overload is told with the status that it waits for', async () => {
    gateway.vendor.does((_request, reply) =>
      reply.json(529, {
        type: 'error',
        error: { type: 'overloaded_error', message: 'Overloaded' },
      }),
    );
    const answer = await post(claudeMessage('s-over', bearer));
    expect(answer.status).toBe(529);
    expect(await answer.json()).toMatchObject({ error: { type: 'overloaded_error' } });
  });

  test('an error in the middle of a stream comes through as it is, once', async () => {
    const whole = messageStream(said, 'tool_use');
    const error =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    const broken = whole.slice(0, whole.indexOf('event: message_delta')) + error;
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    gateway.vendor.does(async (_request, reply) => {
      reply.begin();
      await reply.chunk(broken.slice(0, -error.length));
      // What fails before the client has a byte would be asked again.
      await opened;
      await reply.chunk(error);
      reply.end();
    });
    const answer = await post(claudeMessage('s-mid', bearer));
    open();
    expect(await answer.text()).toBe(broken);
    expect((await recordOf(gateway, answer)).outcome).toBe('failed');
  });
});
