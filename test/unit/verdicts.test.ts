/** What the judge says holds at once in the pool; the actor follows as soon as the log takes it. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ActorId } from '../../events/ids.ts';
import { eventsOf, typesOf } from '../support/core.ts';
import { flush, pass, startJudging, verdict } from '../support/judging.ts';

const now = () => Date.now();
let ring: Awaited<ReturnType<typeof startJudging>>;
beforeEach(async () => {
  ring = await startJudging();
});
afterEach(() => ring.stop());

describe('A 429', () => {
  test('rests the key at once, and is pending until the log has taken it', async () => {
    const [id] = (await ring.core.addKeys(2)) as [ActorId];
    ring.judge(id, verdict({ hintMs: 20_000 }));
    expect(ring.canBeTaken(id)).toBe(false);
    expect(ring.core.verdicts.isPending(id)).toBe(true);
    expect(ring.state(id).value).toBe('healthy');
    await ring.told();
    expect(ring.core.verdicts.isPending(id)).toBe(false);
    expect(ring.state(id).value).toBe('resting');
    expect(ring.canBeTaken(id)).toBe(false);
  });

  test('of a model rests the model only', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    ring.judge(id, verdict({ scope: 'model', hintMs: 20_000 }), { model: 'busy' });
    await ring.told();
    expect(ring.canBeTaken(id, 'busy')).toBe(false);
    expect(ring.canBeTaken(id, 'other')).toBe(true);
    expect(await typesOf(ring.log, id)).toEqual(['ProviderKeyAdded', 'ProviderKeyModelRested']);
  });

  test('that a hundred requests see at once is one event', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    const startedAtMs = now();
    for (let request = 0; request < 100; request++) ring.judge(id, verdict(), { startedAtMs });
    for (let request = 0; request < 100; request++) {
      ring.judge(id, verdict({ hintMs: 5_000, ruleId: 'rate-limit.retry-after' }), { startedAtMs });
    }
    await ring.told();
    ring.judge(id, verdict(), { startedAtMs });
    await ring.told();
    expect(await typesOf(ring.log, id)).toEqual(['ProviderKeyAdded', 'ProviderKeyRested']);
  });

  test('with a later time counts, one with an earlier does not', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    ring.log.setAway(true);
    ring.judge(id, verdict({ hintMs: 60_000 }));
    ring.judge(id, verdict({ hintMs: 2_000 }));
    pass(30_000);
    expect(ring.canBeTaken(id)).toBe(false);
    await ring.logIsBack();
    const rested = (await eventsOf(ring.log, id)).at(-1);
    expect(rested).toMatchObject({ type: 'ProviderKeyRested', data: { guessed: false } });
    expect(ring.state(id).context.rest?.untilMs).toBeGreaterThan(now() + 29_000);
  });

  test('for a key that was removed meanwhile is forgotten', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    const key = ring.pool.get(id)!;
    const cause = ring.core.runtime.ownCause();
    await ring.core.runtime.of(providerKeyKind).ask(id, { type: 'RemoveProviderKey' }, cause);
    const about = { provider: 'openai', key, model: 'm', startedAtMs: now(), cause };
    ring.core.verdicts.apply(about, verdict());
    expect(ring.core.verdicts.pending()).toBe(0);
  });

  test("carries its request's cause into the log", async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    const cause = ring.core.runtime.ownCause();
    const about = {
      provider: 'openai',
      key: ring.pool.get(id)!,
      model: 'm',
      startedAtMs: now(),
      cause,
    };
    ring.core.verdicts.apply(about, verdict());
    await ring.told();
    expect((await eventsOf(ring.log, id)).at(-1)?.cause).toEqual(cause);
  });
});

describe('While the log is away', () => {
  test('a key rests all the same, and the log hears of it once it is back', async () => {
    const [id] = (await ring.core.addKeys(2)) as [ActorId];
    ring.log.setAway(true);
    ring.judge(id, verdict({ hintMs: 60_000 }));
    expect(ring.canBeTaken(id)).toBe(false);
    await flush();
    expect(ring.core.errors).toHaveLength(1);
    expect(ring.core.verdicts.isPending(id)).toBe(true);
    await ring.logIsBack();
    expect(ring.state(id).value).toBe('resting');
    expect(ring.core.verdicts.isPending(id)).toBe(false);
  });

  test('one command waits for each key and scope, however much is said', async () => {
    const ids = await ring.core.addKeys(3);
    ring.log.setAway(true);
    for (let round = 1; round <= 50; round++) {
      for (const id of ids) {
        pass(10);
        ring.judge(id, verdict({ hintMs: round * 5_000 }));
        ring.judge(id, verdict({ scope: 'model', hintMs: round * 5_000 }), { model: 'busy' });
      }
    }
    expect(ring.core.verdicts.pending()).toBe(3);
    await ring.logIsBack();
    for (const id of ids) {
      const types = await typesOf(ring.log, id);
      expect(types.slice(1).toSorted()).toEqual(['ProviderKeyModelRested', 'ProviderKeyRested']);
    }
    // Said once per outage and matter, not with every try.
    expect(ring.core.errors.length).toBeLessThanOrEqual(6);
  });

  test('a stop ends the tries', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    ring.log.setAway(true);
    ring.judge(id, verdict({ hintMs: 60_000 }));
    await flush();
    ring.core.verdicts.stop();
    pass(500);
    await ring.told();
    expect(ring.core.verdicts.pending()).toBe(0);
  });
});

describe('A guessed rest', () => {
  test('ends with a probe, which is an event', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    ring.judge(id, verdict());
    await ring.told();
    pass(60_000);
    expect(ring.state(id).value).toBe('resting');
    const probe = ring.pool.take('m', true);
    expect(probe?.probes).toBe('');
    ring.core.verdicts.settle('openai', probe!, true, ring.core.runtime.ownCause());
    expect(ring.canBeTaken(id)).toBe(true);
    await ring.told();
    expect(ring.state(id).value).toBe('healthy');
    expect((await eventsOf(ring.log, id)).at(-1)).toMatchObject({
      type: 'ProviderKeyRecovered',
      data: { cause: 'probe' },
    });
  });

  test('that the log never heard of needs no word of its end', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    ring.log.setAway(true);
    ring.judge(id, verdict());
    pass(6_000);
    const probe = ring.pool.take('m', true);
    ring.core.verdicts.settle('openai', probe!, true, ring.core.runtime.ownCause());
    expect(ring.canBeTaken(id)).toBe(true);
    await ring.logIsBack();
    expect(ring.state(id).value).toBe('healthy');
    expect(await typesOf(ring.log, id)).toEqual(['ProviderKeyAdded']);
  });

  test('is doubled when its probe is refused', async () => {
    const [id] = (await ring.core.addKeys(1)) as [ActorId];
    ring.judge(id, verdict());
    await ring.told();
    pass(5_000);
    const startedAtMs = now();
    const probe = ring.pool.take('m', true);
    pass(10);
    ring.core.verdicts.settle('openai', probe!, false, ring.core.runtime.ownCause());
    ring.judge(id, verdict(), { startedAtMs });
    await ring.told();
    expect(ring.state(id).context.rest).toMatchObject({ strikes: 2, untilMs: now() + 10_000 });
  });
});
