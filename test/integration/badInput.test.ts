/** Whatever a client sends: one clear error in its dialect, no secret in it, and the process goes on. */
import { describe, expect, test } from 'bun:test';
import { recordOf, storyOf } from '../support/factsOf.ts';
import {
  answersWell,
  bodies,
  keysNamed,
  plainPaths,
  startProxied,
  type Dialect,
} from '../support/proxied.ts';
import { sha256, startVendor } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const dialects: Dialect[] = ['openai', 'anthropic', 'gemini'];
const keys = keysNamed('one');
const limitBytes = 64 * 1024;
const clientKey = 'client-key-of-alice';
const bearer = { authorization: `Bearer ${clientKey}` };

const gateway = stoppedAfterAll(() =>
  startProxied({
    keys: { openai: keys, anthropic: keys, gemini: keys },
    env: { MCP_API_KEYS: `${clientKey}:alice`, BODY_LIMIT_BYTES: String(limitBytes) },
  }),
);

/** The one error of a dialect, as its SDK reads it. */
async function errorIn(
  dialect: Dialect,
  answer: Response,
): Promise<{ message: string; type: string }> {
  const text = await answer.text();
  for (const secret of [...keys, clientKey]) expect(text).not.toContain(secret);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('x-signalbox-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const { error, ...rest } = JSON.parse(text);
  if (dialect === 'anthropic') {
    expect(rest).toEqual({
      type: 'error',
      request_id: answer.headers.get('x-signalbox-request-id'),
    });
    return { message: error.message, type: error.type };
  }
  if (dialect === 'gemini') {
    expect(error.code).toBe(answer.status);
    return { message: error.message, type: error.status };
  }
  expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  return { message: error.message, type: error.type };
}

const send = (dialect: Dialect, body: string | ReadableStream, headers: object = {}) =>
  fetch(`${gateway.url()}${plainPaths[dialect]}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer, ...headers },
    body,
  });

const stillServes = async () => {
  const answer = await gateway.ask('openai', {}, { headers: bearer });
  expect(answer.status).toBe(200);
};

describe.each(dialects)('A body for %s', (dialect) => {
  const malformed = ['{', '{"model": "gpt-5", "messages": [}', 'nonsense', '{"a":1}x', '\u0000'];
  test.each(malformed)('that is no JSON is a 400: %j', async (body) => {
    const answer = await send(dialect, body);
    expect(answer.status).toBe(400);
    const { message } = await errorIn(dialect, answer);
    expect(message).toStartWith('The request body is not valid JSON');
    expect((await recordOf(gateway, answer)).outcome).toBe('failed');
  });

  test('over the limit is a 413, with a length and without one', async () => {
    const large = JSON.stringify({ ...bodies[dialect], user: 'x'.repeat(limitBytes) });
    const inChunks = () =>
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < large.length; at += 8_192)
            controller.enqueue(Buffer.from(large.slice(at, at + 8_192)));
          controller.close();
        },
      });
    for (const body of [large, inChunks()]) {
      const answer = await send(dialect, body);
      expect(answer.status).toBe(413);
      expect((await errorIn(dialect, answer)).message).toContain('BODY_LIMIT_BYTES');
    }
    await stillServes();
  });

  test.each([
    ['wrong', 'Bearer nonsense'],
    ['missing', ''],
    ['malformed', 'Basic YTpi'],
  ])('with %s credentials is a 401', async (_how, authorization) => {
    const answer = await send(dialect, JSON.stringify(bodies[dialect]), { authorization });
    expect(answer.status).toBe(401);
    expect((await errorIn(dialect, answer)).message).toMatch(/client key|API key/);
  });

  test('naming a model of enormous length still reaches the vendor, or is refused', async () => {
    const model = `m${'x'.repeat(20_000)}`;
    const path =
      dialect === 'gemini' ? `/v1beta/models/${model}:generateContent` : plainPaths[dialect];
    const answer = await gateway.post(path, { ...bodies[dialect], model }, { headers: bearer });
    expect([200, 400, 414, 431]).toContain(answer.status);
    await stillServes();
  });
});

describe('JSON that is nested 200,000 deep', () => {
  const deep = (open: string, close: string) => open.repeat(200_000) + close.repeat(200_000);
  const shapes: [string, string][] = [
    ['arrays', deep('[', ']')],
    ['objects', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
    [
      'the content of a turn',
      `{"model":"gpt-5","messages":[{"role":"user","content":${deep('[', ']')}},{"role":"assistant","content":"x"}]}`,
    ],
    [
      'the instructions',
      `{"model":"gpt-5","system":${deep('[', ']')},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"x"}]}`,
    ],
  ];
  test.each(shapes)('in %s passes as it came', async (_what, body) => {
    const big = await startProxied({ keys: { openai: keys } });
    try {
      const answer = await big.post('/v1/chat/completions', body);
      expect(answer.status).toBe(200);
      expect(sha256(body)).toBe(big.vendor.last().bodySha256);
      expect((await big.ask('openai')).status).toBe(200);
    } finally {
      await big.stop();
    }
  });
});

describe('Nobody to ask', () => {
  test('without a provider key is a 503 that says what to do', async () => {
    const bare = await startProxied({});
    try {
      for (const dialect of dialects) {
        const answer = await bare.ask(dialect);
        expect(answer.status).toBe(503);
        expect((await errorIn(dialect, answer)).message).toContain('POST /api/provider-keys');
      }
    } finally {
      await bare.stop();
    }
  });

  test('a prefix that names no provider is part of the model’s name', async () => {
    const answer = await gateway.ask(
      'openai',
      { model: 'meta-llama/llama-3' },
      { headers: bearer },
    );
    expect(answer.status).toBe(200);
    expect(JSON.parse(gateway.vendor.last().body.toString()).model).toBe('meta-llama/llama-3');
  });

  test('a provider of another dialect is a 400', async () => {
    const answer = await gateway.ask('openai', { model: 'anthropic/claude' }, { headers: bearer });
    expect(answer.status).toBe(400);
    expect((await errorIn('openai', answer)).message).toContain('speaks the anthropic dialect');
  });

  test('a request that comes back to its gateway is a 508, and no key is blamed', async () => {
    let home = '';
    const mirror = await startVendor(async ({ method, path, headers, body }, reply) => {
      headers.delete('host');
      const answer = await fetch(home + path, { method, headers, body });
      reply.json(answer.status, await answer.json());
    });
    const looped = await startProxied({
      keys: { openai: keys },
      env: { OPENAI_BASE_URL: `${mirror.url}/v1`, MCP_API_KEYS: `${clientKey}:alice` },
    });
    home = looped.url();
    try {
      const answer = await looped.ask('openai', {}, { headers: bearer });
      expect(answer.status).toBe(508);
      expect(await answer.text()).toContain('came back to this gateway');
      expect(await storyOf(looped, keys[0] ?? '')).toEqual([]);
    } finally {
      await looped.stop();
      await mirror.stop();
    }
  });
});

test('After all of it the gateway still answers', async () => {
  gateway.vendor.does(answersWell);
  await stillServes();
  for (const secret of keys) expect(gateway.output()).not.toContain(secret);
  expect(gateway.output()).not.toContain(clientKey);
});
