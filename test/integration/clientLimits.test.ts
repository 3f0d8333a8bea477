/** What a client key may do: how fast, how many at once, and what the SDKs make of a no. */
import { beforeEach, describe, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import { ApiError } from '@google/genai';
import OpenAI from 'openai';
import { startKeyBench } from '../support/clientKeys.ts';
import { recordOf } from '../support/factsOf.ts';
import { answersWell } from '../support/proxied.ts';
import { until } from '../support/until.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(startKeyBench);
beforeEach(() => gateway.vendor.does(answersWell));

const headersOf = async (answer: Promise<Response>) => (await answer).headers;

describe('A pace', () => {
  test('is shown with each answer, also over what the vendor says of its own', async () => {
    const { key } = await gateway.make({ requests_per_minute: 60, burst: 3 });
    gateway.vendor.does((request, reply) =>
      reply.json(
        200,
        { choices: [], path: request.path },
        {
          'x-ratelimit-limit-requests': '10000',
          'x-ratelimit-limit-tokens': '5',
        },
      ),
    );
    const openai = await headersOf(gateway.askWith(key));
    expect(openai.get('x-ratelimit-limit-requests')).toBe('60');
    expect(openai.get('x-ratelimit-remaining-requests')).toBe('2');
    expect(openai.get('x-ratelimit-reset-requests')).toMatch(/^(1s|9\d\dms)$/);
    expect(openai.get('x-ratelimit-limit-tokens')).toBe('5');
    const anthropic = await headersOf(gateway.askWith(key, 'anthropic'));
    expect(anthropic.get('anthropic-ratelimit-requests-limit')).toBe('60');
    expect(anthropic.get('anthropic-ratelimit-requests-remaining')).toBe('1');
    expect(anthropic.get('anthropic-ratelimit-requests-reset')).toMatch(/^\d{4}-.*:\d\dZ$/);
    const refused = await gateway.askWith(key, 'gemini', { contents: 5 });
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
  });

  test('that is over is a 429 in the dialect, with the time to wait, and costs no key anything', async () => {
    const { key } = await gateway.make({ requests_per_minute: 2, burst: 1 });
    expect((await gateway.askWith(key)).status).toBe(200);
    gateway.vendor.forget();
    const openai = await gateway.sdkThrows(key, 'openai');
    expect(openai).toBeInstanceOf(OpenAI.RateLimitError);
    expect(openai).toMatchObject({ code: 'client_rate_limited', type: 'rate_limit_error' });
    const anthropic = await gateway.sdkThrows(key, 'anthropic');
    expect(anthropic).toBeInstanceOf(Anthropic.RateLimitError);
    const gemini = await gateway.sdkThrows(key, 'gemini');
    expect(gemini).toBeInstanceOf(ApiError);
    expect(gemini).toMatchObject({ status: 429 });
    const told = await gateway.askWith(key, 'gemini');
    expect(Number(told.headers.get('retry-after'))).toBeWithin(28, 31);
    expect(told.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    const { error } = (await told.json()) as { error: { status: string; details: object[] } };
    expect(error.status).toBe('RESOURCE_EXHAUSTED');
    expect(error.details).toContainEqual({
      '@type': 'type.googleapis.com/google.rpc.RetryInfo',
      retryDelay: expect.stringMatching(/^(29|30)(\.\d+)?s$/),
    });
    expect(gateway.vendor.arrived).toEqual([]);
    expect(await recordOf(gateway, told)).toMatchObject({ status: 429, outcome: 'failed' });
    const metrics = (await gateway.api('GET', '/metrics')).text;
    expect(metrics).toMatch(/signalbox_client_limited\{limit="requests_per_minute"\} [1-9]/);
  });

  test('is changed while the client is at it', async () => {
    const { id, key } = await gateway.make({ requests_per_minute: 1 });
    await gateway.askWith(key);
    expect((await gateway.askWith(key)).status).toBe(429);
    const { json } = await gateway.change(id, { requests_per_minute: null });
    expect(json.requests_per_minute).toBeNull();
    const free = await gateway.askWith(key);
    expect(free.status).toBe(200);
    expect(free.headers.get('x-ratelimit-limit-requests')).toBeNull();
  });

  test('of the setting holds for all keys of a client together, and not for one with its own', async () => {
    const [one, two] = [
      await gateway.make({ client_id: 'team' }),
      await gateway.make({ client_id: 'team' }),
    ];
    const own = await gateway.make({ client_id: 'team', requests_per_minute: 100 });
    const other = await gateway.make({ client_id: 'other' });
    await gateway.api('PATCH', '/api/settings/requests_per_minute', { value: 2 });
    try {
      expect((await gateway.askWith(one.key)).status).toBe(200);
      expect((await gateway.askWith(two.key)).status).toBe(200);
      expect((await gateway.askWith(one.key)).status).toBe(429);
      expect((await gateway.askWith(two.key)).status).toBe(429);
      expect((await gateway.askWith(own.key)).status).toBe(200);
      expect((await gateway.askWith(other.key)).status).toBe(200);
    } finally {
      await gateway.api('DELETE', '/api/settings/requests_per_minute');
    }
    expect((await gateway.askWith(one.key)).status).toBe(200);
  });
});

describe('Requests at once', () => {
  test('are counted to every kind of end, and one too many is a 429 at once', async () => {
    const { key } = await gateway.make({ max_concurrent: 2 });
    const held: (() => void)[] = [];
    const hold = () =>
      gateway.vendor.does((request, reply) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        held.push(resolve);
        return promise.then(() => answersWell(request, reply));
      });
    const isHeld = (count: number) => until(`${count} are held`, () => held.length === count);
    const release = () => {
      for (const end of held.splice(0)) end();
    };
    /** Two fit, a third does not: nothing before has kept a place. */
    const expectRoomForTwo = async () => {
      hold();
      const two = [gateway.askWith(key), gateway.askWith(key)];
      await isHeld(2);
      const third = await gateway.sdkThrows(key, 'openai');
      expect(third).toBeInstanceOf(OpenAI.RateLimitError);
      expect(third).toMatchObject({ code: 'client_too_many_at_once' });
      release();
      expect((await Promise.all(two)).map(({ status }) => status)).toEqual([200, 200]);
    };
    const stream = (signal?: AbortSignal) =>
      gateway.askStream('openai', {
        headers: { authorization: `Bearer ${key}` },
        ...(signal && { signal }),
      });
    const event = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';

    await expectRoomForTwo();

    hold();
    const left = new AbortController();
    const leaving = [stream(left.signal), stream(left.signal)];
    await isHeld(2);
    left.abort();
    await Promise.allSettled(leaving);
    release();
    gateway.vendor.does(answersWell);
    await until('a place is free', async () => (await gateway.askWith(key)).status === 200);
    await expectRoomForTwo();

    gateway.vendor.does(async (_request, reply) => {
      reply.begin();
      await reply.chunk(event);
      reply.cut();
    });
    for (let cut = 0; cut < 3; cut++) expect(await (await stream()).text()).toContain('error');
    await expectRoomForTwo();

    const away = new AbortController();
    gateway.vendor.does(async (_request, reply) => {
      reply.begin();
      await reply.chunk(event);
    });
    const open = [await stream(away.signal), await stream(away.signal)];
    expect((await gateway.askWith(key)).status).toBe(429);
    away.abort();
    await Promise.allSettled(open.map((answer) => answer.text()));
    gateway.vendor.does(answersWell);
    await until('the abandoned are gone', async () => (await gateway.askWith(key)).status === 200);

    gateway.vendor.does((_request, reply) => reply.json(400, { error: { message: 'no' } }));
    for (let refused = 0; refused < 3; refused++)
      expect((await gateway.askWith(key)).status).toBe(400);
    for (let broken = 0; broken < 3; broken++)
      expect(
        (
          await gateway.post('/v1/chat/completions', '{', {
            headers: { authorization: `Bearer ${key}` },
          })
        ).status,
      ).toBe(400);
    await expectRoomForTwo();
  }, 60_000);
});
