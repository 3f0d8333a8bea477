/** What is judged of several keys together: the last usable one, and the provider's own limit. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { providerKind } from '../../actors/provider/provider.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { typesOf } from '../support/core.ts';
import { flush, pass, refused, startJudging, verdict } from '../support/judging.ts';

const now = () => Date.now();
let ring: Awaited<ReturnType<typeof startJudging>>;
beforeEach(async () => {
  ring = await startJudging();
});
afterEach(() => ring.stop());

describe('A refused credential', () => {
  test('disables the key when it is seen twice', async () => {
    const [id, other] = (await ring.core.addKeys(2)) as [ActorId, ActorId];
    ring.judge(id, refused);
    expect(ring.canBeTaken(id)).toBe(true);
    await ring.told();
    pass(10);
    ring.judge(id, refused);
    expect(ring.canBeTaken(id)).toBe(false);
    await ring.told();
    expect(ring.state(id).context.disabled?.cause).toBe('credential');
    expect(ring.pool.get(id)).toBeUndefined();
    expect(ring.canBeTaken(other)).toBe(true);
  });

  test('disables the key at the first sight when an operator says so, but not the last one', async () => {
    const [one, two] = await ring.core.addKeys(2);
    const certain = { ...refused, isCertain: true as const, ruleId: 'operator:mine' };
    ring.judge(one!, certain);
    await ring.told();
    expect(ring.state(one!)).toMatchObject({
      value: 'disabled',
      context: { disabled: { cause: 'credential', ruleId: 'operator:mine' } },
    });
    ring.judge(two!, certain);
    await ring.told();
    expect(ring.state(two!).value).toBe('resting');
  });

  test('is one sight for all requests that were under way', async () => {
    const [id] = (await ring.core.addKeys(2)) as [ActorId];
    const startedAtMs = now();
    for (let request = 0; request < 20; request++) ring.judge(id, refused, { startedAtMs });
    await ring.told();
    expect(ring.state(id).value).toBe('healthy');
    expect(await typesOf(ring.log, id)).toEqual(['ProviderKeyAdded', 'ProviderKeySuspected']);
  });

  test('rests the last usable key and never disables it', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    for (let sight = 0; sight < 5; sight++) {
      ring.judge(id, refused);
      await ring.told();
      expect(ring.state(id).value).toBe('resting');
      pass(3_600_000);
    }
    expect(ring.state(id).context.disabled).toBeNull();
    expect(ring.state(id).context.strikes).toBe(5);
  });

  test('of all keys at once leaves one that is not disabled', async () => {
    const ids = await ring.core.addKeys(4);
    for (let sight = 0; sight < 3; sight++) {
      const startedAtMs = now();
      pass(10);
      for (const id of ids) if (ring.pool.get(id)) ring.judge(id, refused, { startedAtMs });
    }
    await ring.told();
    const values = ids.map((id) => ring.state(id).value);
    expect(values.filter((value) => value === 'disabled')).toHaveLength(3);
    expect(values.filter((value) => value === 'resting')).toHaveLength(1);
  });

  test('of all keys while the log is away leaves one too', async () => {
    const ids = await ring.core.addKeys(3);
    for (const id of ids) ring.judge(id, refused);
    await ring.told();
    pass(10);
    ring.log.setAway(true);
    for (const id of ids) ring.judge(id, refused);
    await ring.logIsBack();
    const values = ids.map((id) => ring.state(id).value);
    expect(values.filter((value) => value === 'disabled')).toHaveLength(2);
  });
});

describe('A limit of the whole provider', () => {
  const provider = () => ring.core.runtime.of(providerKind).get(actorId('openai'))!.state;

  test('is seen when five keys, which are 80 % and more, get 429 within 5 s', async () => {
    const ids = await ring.core.addKeys(6);
    for (const id of ids.slice(0, 4)) ring.judge(id, verdict({ hintMs: 8_000 }));
    expect(ring.pool.take('m', true)).toBeDefined();
    ring.judge(ids[4]!, verdict({ hintMs: 8_000 }));
    expect(ring.pool.take('m', true)).toBeUndefined();
    await ring.told();
    expect(provider().value).toBe('resting');
    expect(await typesOf(ring.log, actorId('openai'), 'provider')).toEqual([
      'ProviderAdded',
      'ProviderRested',
    ]);
    expect(ring.state(ids[4]!).value).toBe('healthy');
    pass(8_000);
    await flush();
    expect(provider().value).toBe('active');
    expect(ring.pool.take('m', true)).toBeDefined();
  });

  test('is told once, however many say so, and holds while the log is away', async () => {
    const ids = await ring.core.addKeys(5);
    ring.log.setAway(true);
    for (let round = 0; round < 20; round++) {
      for (const id of ids) ring.judge(id, verdict({ hintMs: 60_000 }));
    }
    expect(ring.pool.take('m', true)).toBeUndefined();
    await ring.logIsBack();
    expect((await typesOf(ring.log, actorId('openai'), 'provider')).slice(1)).toEqual([
      'ProviderRested',
    ]);
  });

  test('that is said of it outright is seen at the first word', async () => {
    const [id] = await ring.core.addKeys(2);
    ring.judge(id!, verdict({ scope: 'provider', hintMs: 30_000, ruleId: 'rate-limit.address' }));
    expect(ring.pool.take('m', true)).toBeUndefined();
    await ring.told();
    expect(provider().context.lastRest).toMatchObject({ ruleId: 'rate-limit.address' });
    expect(ring.state(id!).value).toBe('healthy');
  });

  test('is not seen when they come over a longer time, or are too few', async () => {
    const ids = await ring.core.addKeys(5);
    for (const id of ids) {
      ring.judge(id, verdict({ hintMs: 2_000 }));
      pass(2_000);
    }
    await ring.told();
    expect(provider().value).toBe('active');
  });
});
