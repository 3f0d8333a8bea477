/** Operators' rules over HTTP: they hold from the next failure on, in a gateway that runs, and name themselves. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { apiOf, type Api } from '../support/api.ts';
import { factOf, keyIdOf, recordOf } from '../support/factsOf.ts';
import { answersWell, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';

const [one = '', two = ''] = keysNamed('one', 'two');
const odd = { error: { message: 'Strange weather in the data centre', type: 'weather' } };

let gateway: Proxied;
let api: Api;
let isOdd = true;
beforeEach(async () => {
  isOdd = true;
  gateway = await startProxied({
    keys: { openai: [one, two] },
    script: (request, reply) =>
      isOdd && request.key === one ? reply.json(418, odd) : answersWell(request, reply),
  });
  api = apiOf(gateway.url);
});
afterEach(() => gateway.stop());

const setRules = (...rules: object[]) =>
  api('PATCH', '/api/settings/judge_rules', { value: rules });
const weather = { id: 'weather', status: 418, text: 'strange WEATHER' };
/** Asks until the odd key was asked once; answers what the client got then. */
const askOddKey = async (): Promise<Response> => {
  const isAsked = () => gateway.vendor.keys().slice(before).includes(one);
  const before = gateway.vendor.keys().length;
  for (let tries = 0; tries < 4; tries++) {
    const answer = await gateway.ask('openai');
    if (isAsked()) return answer;
  }
  throw new Error('the odd key is not asked');
};

describe('A rule of an operator', () => {
  test('holds from the next failure on, and its id is on the event and the request', async () => {
    expect((await askOddKey()).status).toBe(418);
    const changed = await setRules({ ...weather, effect: 'rest_key', rest_seconds: 120 });
    expect(changed.status).toBe(200);
    expect(changed.json.value).toHaveLength(1);

    const answer = await askOddKey();
    expect(answer.status).toBe(200);
    const rested = await factOf(gateway, one, 'ProviderKeyRested');
    expect(rested.data).toMatchObject({
      ruleId: 'operator:weather',
      guessed: false,
      reason: '418: Strange weather in the data centre',
    });
    expect(rested.data.untilMs - rested.timeMs).toBeWithin(118_000, 121_000);
    const { attempts } = await recordOf(gateway, answer);
    expect(attempts.map(({ status, ruleId }) => [status, ruleId])).toEqual([
      [418, 'operator:weather'],
      [200, ''],
    ]);
  });

  test('disables a key at its first sight', async () => {
    await setRules({ ...weather, effect: 'disable_key' });
    expect((await askOddKey()).status).toBe(200);
    const disabled = await factOf(gateway, one, 'ProviderKeyDisabled');
    expect(disabled.data).toMatchObject({ cause: 'credential', ruleId: 'operator:weather' });
    const { json } = await api('GET', `/api/provider-keys/${await keyIdOf(gateway, one)}`);
    expect(json).toMatchObject({ status: 'disabled', rule_id: 'operator:weather' });
  });

  test('rests the provider, and the client is told until when', async () => {
    await setRules({ ...weather, effect: 'rest_provider', rest_seconds: 60 });
    const answer = await askOddKey();
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(55, 61);
    await until('the provider rests', async () => {
      const { json } = await api('GET', '/api/providers/openai');
      return json.status === 'resting';
    });
  });

  test('of another provider does not hold, and one that is taken away holds no more', async () => {
    await setRules({ ...weather, provider: 'anthropic', effect: 'rest_key' });
    expect((await askOddKey()).status).toBe(418);
    await setRules({ ...weather, provider: 'openai', effect: 'ignore' });
    await api('DELETE', '/api/settings/judge_rules');
    expect((await askOddKey()).status).toBe(418);
    const { json } = await api('GET', `/api/provider-keys/${await keyIdOf(gateway, one)}`);
    expect(json).toMatchObject({ status: 'healthy' });
  });

  test('holds after a restart too', async () => {
    await setRules({ ...weather, effect: 'rest_key', rest_seconds: 120 });
    await gateway.restart();
    await askOddKey();
    expect((await factOf(gateway, one, 'ProviderKeyRested')).data.ruleId).toBe('operator:weather');
  });
});

test('a bad rule is refused with its number and what is wrong, and the rules stay as they were', async () => {
  await setRules({ ...weather, effect: 'caller_fault' });
  const refused = await setRules(
    { ...weather, effect: 'caller_fault' },
    { id: 'second', status: 429, effect: 'rest_key', rest_seconds: 0 },
  );
  expect(refused.status).toBe(422);
  expect(refused.json.detail).toBe(
    'judge_rules rule 2: rest_seconds must be a whole number from 1 to 86400',
  );
  const kept = await api('GET', '/api/settings/judge_rules');
  expect(kept.json.value).toEqual([{ ...weather, effect: 'caller_fault' }]);
});
