/** Codex at the gateway: packed requests pass, and reasoning that one key encrypted goes back to that key. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { zstdCompressSync } from 'node:zlib';
import { codexAsks, codexTurn, type AgentRequest } from '../../support/codingAgents.ts';
import { keyIdOf, recordOf } from '../../support/factsOf.ts';
import { apiOf } from '../../support/api.ts';
import { reasoning, response, responseStream } from '../../support/openAiResponsesVendor.ts';
import { keysNamed, startProxied, type Proxied } from '../../support/proxied.ts';
import { sha256, type Script } from '../../support/vendor.ts';

setDefaultTimeout(60_000);

const keys = keysNamed('one', 'two', 'tri');
/** What a key encrypted; only it can read it. */
const cipherOf = (key: string): string => `gAAAAABo-${'x'.repeat(80)}-of-${key}`;

/** Each key makes reasoning of its own, and refuses that of another as OpenAI does. */
const answers: Script = async ({ key, body, headers }, reply) => {
  const sent = headers.get('content-encoding') === 'zstd' ? Bun.zstdDecompressSync(body) : body;
  const { input } = JSON.parse(sent.toString()) as { input: { encrypted_content?: string }[] };
  const foreign = input.some(
    (item) => item.encrypted_content && item.encrypted_content !== cipherOf(key),
  );
  if (foreign)
    return reply.json(400, {
      error: {
        message: 'The encrypted content could not be verified.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_encrypted_content',
      },
    });
  const output = [
    reasoning(`rs_${key}`, cipherOf(key)),
    { id: 'msg_1', type: 'message', role: 'assistant', content: [] },
  ];
  return reply.stream(responseStream(response({ id: `resp_${key}`, output })));
};

let gateway: Proxied;
beforeEach(async () => {
  gateway = await startProxied({
    keys: { openai: keys },
    limits: { transientPauseMs: 1, waitMs: 0 },
    script: answers,
  });
}, 60_000);
afterEach(() => gateway.stop());

const post = ({ path, headers, body }: AgentRequest): Promise<Response> =>
  gateway.post(path, body, { headers });
/** Without a name that ties its turns together, only the reasoning does. */
const nameless = (request: AgentRequest): AgentRequest => ({
  ...request,
  body: request.body.replace(/"prompt_cache_key":"[^"]*",/, ''),
});
const firstTurn = (session: string) => codexTurn(session, 'any', [codexAsks('List the files')]);
/** The next one sends the reasoning back, without its id, as Codex does. */
const nextTurn = (session: string, key: string) =>
  codexTurn(session, 'any', [
    codexAsks('List the files'),
    { type: 'reasoning', summary: [], encrypted_content: cipherOf(key) },
    { type: 'function_call', call_id: 'call_1', name: 'shell', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'a.txt' },
  ]);

describe('A turn', () => {
  test('arrives as it was, and its stream comes back so', async () => {
    const request = firstTurn('s-1');
    const answer = await post(request);
    const text = await answer.text();
    expect(text).toEndWith('\n\n');
    expect(text).toContain('event: response.completed');
    const arrived = gateway.vendor.last();
    expect(arrived.bodySha256).toBe(sha256(request.body));
    const { authorization: _, ...told } = request.headers;
    expect(Object.fromEntries(arrived.headers)).toMatchObject(told);
    expect(await recordOf(gateway, answer)).toMatchObject({
      route: '/v1/responses',
      model: 'gpt-5-codex',
      streamed: true,
      outcome: 'completed',
      usage: { inputTokens: 37, outputTokens: 11, reasoningTokens: 5 },
    });
  });

  test('that is packed passes byte for byte, and is understood all the same', async () => {
    const { path, headers, body } = firstTurn('s-packed');
    const packed = zstdCompressSync(body);
    const send = (bytes: Uint8Array) =>
      fetch(`${gateway.url()}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-encoding': 'zstd' },
        body: Buffer.from(bytes),
      });
    const answer = await send(packed);
    expect(await answer.text()).toContain('response.completed');
    expect(gateway.vendor.last().bodySha256).toBe(sha256(packed));
    expect(gateway.vendor.last().headers.get('content-encoding')).toBe('zstd');
    expect(await recordOf(gateway, answer)).toMatchObject({ model: 'gpt-5-codex', streamed: true });
    // And so is the reasoning in the next one.
    const { key } = gateway.vendor.last();
    for (let turn = 0; turn < 3; turn++) {
      const next = await send(zstdCompressSync(nameless(nextTurn('s-packed', key)).body));
      expect(next.status).toBe(200);
      await next.text();
      expect(gateway.vendor.last().key).toBe(key);
    }
  });

  test('that is packed and named by its provider is unpacked for its model', async () => {
    const { path, headers, body } = codexTurn('s', 'any', [codexAsks('Hi')], 'openai/gpt-5-codex');
    const answer = await fetch(`${gateway.url()}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-encoding': 'zstd' },
      body: zstdCompressSync(body),
    });
    expect(answer.status).toBe(200);
    const arrived = gateway.vendor.last();
    expect(arrived.headers.get('content-encoding')).toBeNull();
    expect(arrived.body.toString()).toBe(body.replace('openai/gpt', 'gpt'));
  });

  test('that is packed badly is a bad request, in words that Codex shows', async () => {
    const { path, headers } = firstTurn('s');
    const answer = await fetch(`${gateway.url()}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-encoding': 'zstd' },
      body: 'no zstd',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(gateway.vendor.arrived).toEqual([]);
  });
});

describe('Encrypted reasoning', () => {
  test('goes back to the key that made it, whatever the ring would give', async () => {
    const made = new Map<string, string>();
    for (const session of ['s-a', 's-b', 's-c']) {
      await (await post(nameless(firstTurn(session)))).text();
      made.set(session, gateway.vendor.last().key);
    }
    expect(new Set(made.values()).size).toBe(3);
    for (let turn = 0; turn < 3; turn++) {
      for (const [session, key] of made) {
        const answer = await post(nameless(nextTurn(session, key)));
        expect(answer.status).toBe(200);
        await answer.text();
        expect(gateway.vendor.last().key).toBe(key);
      }
    }
  });

  test('waits for its key while that rests, and no other is asked: 429 with the time', async () => {
    await (await post(firstTurn('s-rest'))).text();
    const { key } = gateway.vendor.last();
    gateway.vendor.does((request, reply) =>
      request.key === key
        ? reply.json(
            429,
            { error: { message: 'Slow down', type: 'requests' } },
            { 'retry-after': '30' },
          )
        : answers(request, reply),
    );
    gateway.vendor.forget();
    for (let tries = 0; tries < 2; tries++) {
      const answer = await post(nextTurn('s-rest', key));
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeWithin(25, 31);
      expect(await answer.json()).toMatchObject({
        error: { code: 'key_resting', message: expect.stringContaining('made') },
      });
    }
    expect(gateway.vendor.keys()).toEqual([key]);
    // What carries none of it is answered by the others.
    expect((await post(firstTurn('s-new'))).status).toBe(200);
    expect(gateway.vendor.last().key).not.toBe(key);
  });

  test('of a key that was removed is the vendor’s to refuse, in its own words', async () => {
    await (await post(firstTurn('s-gone'))).text();
    const { key } = gateway.vendor.last();
    const id = await keyIdOf(gateway, key);
    expect((await apiOf(gateway.url)('DELETE', `/api/provider-keys/${id}`)).status).toBeLessThan(
      300,
    );
    const answer = await post(nextTurn('s-gone', key));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_encrypted_content' } });
    expect(gateway.vendor.last().key).not.toBe(key);
  });
});
