/** Which key is asked next, how often, and what the client gets when no key helps. */
import { describe, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { factOf, finishedRequests, keyState, recordOf, storyOf } from '../support/factsOf.ts';
import { answers, answersWell, keysNamed, startProxied, type Dialect } from '../support/proxied.ts';
import { thrown } from '../support/officialSdks.ts';
import { anthropicClient, openAiClient, tap } from '../support/sdkClients.ts';
import { until } from '../support/until.ts';
import type { Script } from '../support/vendor.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const [one = '', two = '', three = ''] = keysNamed('one', 'two', 'tri');
const start = stoppedAfterEach(startProxied);

const says =
  (status: number, headers: Record<string, string> = {}, message = 'No'): Script =>
  (_request, reply) =>
    reply.json(status, { error: { message, type: 'some_error', code: null } }, headers);

/** Each request takes the next script; the last one stays. */
const inTurn = (...scripts: Script[]): Script => {
  let at = 0;
  return (request, reply) => scripts[Math.min(at++, scripts.length - 1)]?.(request, reply);
};

describe('While every key rests', () => {
  test('a request waits when the first wakes within 3 s, and is then answered', async () => {
    const limited = says(429, { 'retry-after-ms': '1200' });
    const gateway = await start({
      keys: { openai: [one, two] },
      script: inTurn(limited, limited, answersWell),
    });
    const answer = await gateway.ask('openai');
    expect(answer.status).toBe(200);
    expect(gateway.vendor.arrived).toHaveLength(3);
    const [first = 0, , last = 0] = gateway.vendor.arrived.map(({ atMs }) => atMs);
    expect(last - first).toBeWithin(1_150, 2_900);
  });

  test('a client that leaves while it waits is recorded as cancelled', async () => {
    const gateway = await start({
      keys: { openai: [one] },
      script: inTurn(says(429, { 'retry-after-ms': '2500' })),
    });
    const leave = new AbortController();
    const asked = gateway.ask('openai', {}, { signal: leave.signal }).catch(() => undefined);
    await factOf(gateway, one, 'ProviderKeyRested');
    leave.abort();
    await asked;
    await until('it is recorded', async () => (await finishedRequests(gateway)).length > 0);
    const [record] = await finishedRequests(gateway);
    expect(record?.data.outcome).toBe('cancelled');
    expect(gateway.vendor.arrived).toHaveLength(1);
  });

  const dialects: Dialect[] = ['openai', 'anthropic', 'gemini'];
  test.each(dialects)('else %s clients get 429 in their dialect, with a time', async (dialect) => {
    const gateway = await start({
      keys: { [dialect]: [one, two] },
      script: says(429, { 'retry-after': '30' }),
    });
    const answer = await gateway.ask(dialect);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(28, 31);
    expect(answer.headers.get('x-should-retry')).toBeNull();
    const { error } = (await answer.json()) as { error: Record<string, unknown> };
    expect(String(error['message'])).toContain('resting');
    if (dialect === 'gemini') {
      expect(error).toMatchObject({ code: 429, status: 'RESOURCE_EXHAUSTED' });
      expect(JSON.stringify(error['details'])).toMatch(/RetryInfo","retryDelay":"(29|30)/);
    } else expect(error['type']).toBe('rate_limit_error');
    // Nobody is asked any more: both are known to rest.
    expect((await gateway.ask(dialect)).status).toBe(429);
    expect(gateway.vendor.arrived).toHaveLength(2);
  });
});

describe('A refused credential', () => {
  const refuses: Script = (request, reply) =>
    request.key === one || request.key === two
      ? reply.json(401, {
          error: { message: `Incorrect API key provided: ${request.key}`, code: 'invalid_api_key' },
        })
      : answersWell(request, reply);

  test('disables the key on second sight; the client never notices', async () => {
    const gateway = await start({ keys: { openai: [one, three] }, script: refuses });
    const sights = () => gateway.vendor.keys().filter((key) => key === one).length;
    const askUntilSeen = async (times: number) => {
      await until(`it was seen ${times} times`, async () => {
        if (sights() >= times) return true;
        expect((await gateway.ask('openai')).status).toBe(200);
        return false;
      });
    };
    await askUntilSeen(1);
    // What is seen while the log takes the first sight is the same moment.
    await factOf(gateway, one, 'ProviderKeySuspected');
    await askUntilSeen(2);
    const { data } = await factOf(gateway, one, 'ProviderKeyDisabled');
    for (let asked = 0; asked < 4; asked++) expect((await gateway.ask('openai')).status).toBe(200);
    expect(data).toMatchObject({ cause: 'credential', ruleId: 'credential.invalid-key' });
    expect(data.reason).not.toContain(one);
    expect(await storyOf(gateway, one)).toEqual(['ProviderKeySuspected', 'ProviderKeyDisabled']);
    expect(sights()).toBe(2);
  });

  test('of the last usable key only rests it, however often it is seen', async () => {
    const gateway = await start({ keys: { openai: [one, two] }, script: refuses });
    const texts: string[] = [];
    for (let asked = 0; asked < 4; asked++) {
      const answer = await gateway.ask('openai');
      expect([429, 503]).toContain(answer.status);
      texts.push(await answer.text());
    }
    await until('one is disabled and the other rests', async () => {
      const states = [await keyState(gateway, one), await keyState(gateway, two)];
      const values = states.map(({ value }) => String(value));
      return values.toSorted().join() === 'disabled,resting';
    });
    expect(texts.join()).not.toContain('Incorrect API key');
    expect(texts.join()).not.toContain('test-key');
  });
});

describe("The caller's own mistake", () => {
  test.each([400, 404, 413, 422])('%d passes as it came and touches no key', async (status) => {
    const gateway = await start({ keys: { openai: [one, two] }, script: says(status) });
    const answer = await gateway.ask('openai');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { message: 'No' } });
    expect(answer.headers.get('x-should-retry')).toBeNull();
    expect(gateway.vendor.arrived).toHaveLength(1);
    expect(await storyOf(gateway, one)).toEqual([]);
    expect((await recordOf(gateway, answer)).outcome).toBe('failed');
  });
});

describe("A provider's failure", () => {
  test('is asked again until it answers, and blames no key', async () => {
    const gateway = await start({
      keys: { openai: [one, two] },
      script: inTurn(says(500), says(503), answersWell),
    });
    const answer = await gateway.ask('openai');
    expect(await answer.json()).toEqual(answers.openai);
    const { attempts, outcome } = await recordOf(gateway, answer);
    expect(attempts.map(({ status }) => status)).toEqual([500, 503, 200]);
    expect(outcome).toBe('completed');
    expect([...(await storyOf(gateway, one)), ...(await storyOf(gateway, two))]).toEqual([]);
  });

  test("goes on at most three times, then the vendor's last answer says not to retry", async () => {
    const gateway = await start({
      keys: { anthropic: [one, two] },
      script: inTurn(says(500), says(502), says(529, { 'request-id': 'req_9' }, 'Overloaded')),
    });
    const answer = await gateway.ask('anthropic');
    expect(answer.status).toBe(529);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('request-id')).toBe('req_9');
    expect(await answer.text()).toContain('Overloaded');
    expect(gateway.vendor.arrived).toHaveLength(3);
  });

  test('is not multiplied by the retries of an SDK', async () => {
    const gateway = await start({ keys: { openai: [one], anthropic: [one] }, script: says(503) });
    const options = { url: gateway.url(), key: 'k', tap: tap() };
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const chat = openAiClient(options, 5).chat.completions.create({ model: 'gpt-5', messages });
    expect(await thrown(chat)).toBeInstanceOf(OpenAI.InternalServerError);
    const ask = { model: 'claude-opus-4-8', max_tokens: 9, messages };
    const message = anthropicClient(options, 5).messages.create(ask);
    expect(await thrown(message)).toBeInstanceOf(Anthropic.InternalServerError);
    expect(gateway.vendor.arrived).toHaveLength(6);
  });

  test('of a call that creates things is not repeated', async () => {
    const gateway = await start({ keys: { openai: [one, two] }, script: says(500) });
    const answer = await gateway.post('/v1/batches', { input_file_id: 'file-1' });
    expect(answer.status).toBe(500);
    expect(gateway.vendor.arrived).toHaveLength(1);
  });

  test('to be reached at all is a 502 in the dialect', async () => {
    const gateway = await start({ keys: { openai: [one], anthropic: [one], gemini: [one] } });
    await gateway.vendor.stop();
    for (const dialect of ['openai', 'anthropic', 'gemini'] as const) {
      const answer = await gateway.ask(dialect);
      expect(answer.status).toBe(502);
      expect(answer.headers.get('x-should-retry')).toBe('false');
      const { error } = (await answer.json()) as { error: { message: string } };
      expect(error.message).toContain(`The provider "${dialect}" could not be reached`);
      const { attempts } = await recordOf(gateway, answer);
      expect(attempts.map(({ ruleId }) => ruleId)).toEqual(
        Array(3).fill('transient.not-connected'),
      );
    }
  });
});
