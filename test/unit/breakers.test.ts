/** What traffic says about a provider holds at once here, and in every other gateway as soon as the log has it. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { broken, provider, startBreaking, type BreakingGateway } from '../support/breaking.ts';
import { verdict } from '../support/judging.ts';

const second = 1_000;
let world: ReturnType<typeof startBreaking>;
let gateway: BreakingGateway;
beforeEach(async () => {
  world = startBreaking();
  gateway = await world.gateway();
});
afterEach(() => world.stop());

const types = async () => (await world.facts()).map(({ type }) => type);

describe('A provider that fails', () => {
  test('is left alone at the fifth fault in a row, and the log says why', async () => {
    gateway.fails(4);
    expect(gateway.admits()).toBe(true);
    gateway.fails(1, broken('503: maintenance'));
    expect(gateway.waitMs()).toBe(5 * second);
    expect(gateway.breakers.isPending(provider)).toBe(true);
    const [opened, ...more] = await world.facts();
    expect(opened).toMatchObject({
      type: 'BreakerOpened',
      data: { ruleId: 'transient.server-error', reason: '503: maintenance', openings: 1 },
    });
    expect(more).toEqual([]);
    expect(gateway.breakers.isPending(provider)).toBe(false);
  });

  test('and answers in between is asked on', async () => {
    for (let round = 0; round < 5; round++) {
      gateway.fails(4);
      gateway.answers();
    }
    expect(gateway.admits()).toBe(true);
    expect(await types()).toEqual([]);
  });

  test.each([
    ['a limit', verdict()],
    ["a caller's mistake", verdict({ class: 'caller', scope: 'caller' })],
    ['a refused key', verdict({ class: 'credential' })],
  ])('and tells of %s in between is asked on: it is there', (_what, word) => {
    gateway.fails(4);
    gateway.fails(1, word);
    gateway.fails(4);
    expect(gateway.admits()).toBe(true);
  });

  test('is asked on when a client leaves: that says nothing, neither way', () => {
    const left = verdict({ class: 'cancelled', scope: 'caller' });
    gateway.fails(4);
    gateway.fails(9, left);
    expect(gateway.admits()).toBe(true);
    gateway.fails(1);
    expect(gateway.admits()).toBe(false);
  });

  test('five times in a day is asked on', async () => {
    for (let fault = 0; fault < 20; fault++) {
      gateway.fails();
      await world.after(62 * second);
    }
    expect(gateway.admits()).toBe(true);
  });

  test('by being silent for long, five times in a row, is left alone', async () => {
    for (let fault = 0; fault < 5; fault++) {
      const startedAtMs = Date.now();
      await world.after(600 * second);
      gateway.fails(1, broken('timeout'), startedAtMs);
    }
    expect(gateway.admits()).toBe(false);
  });

  test('is left alone once, however many requests see it', async () => {
    gateway.fails(200);
    await world.after(second);
    gateway.fails(200);
    expect(await types()).toEqual(['BreakerOpened']);
  });

  test('is left alone as the settings say now', async () => {
    gateway.settings.circuitBreakerFailureThreshold = 2;
    gateway.settings.circuitBreakerRecoveryTimeout = 3;
    gateway.fails(2);
    expect(gateway.waitMs()).toBe(3 * second);
  });
});

describe('When its time is over', () => {
  beforeEach(async () => {
    gateway.fails(5);
    await world.after(5 * second);
  });

  test('the breaker is half-open, and stays so without traffic', async () => {
    await world.after(3_600 * second);
    expect(gateway.state()).toBe('half-open');
    expect(await types()).toEqual(['BreakerOpened', 'BreakerHalfOpened']);
    expect(gateway.admits()).toBe(true);
  });

  test('one request is the probe, the others are told to come back soon', () => {
    expect(gateway.admits()).toBe(true);
    for (let asked = 0; asked < 3; asked++) expect(gateway.waitMs()).toBe(second);
  });

  test('a probe that takes long does not keep the next one out', async () => {
    expect(gateway.admits()).toBe(true);
    await world.after(9_999);
    expect(gateway.admits()).toBe(false);
    await world.after(1);
    expect(gateway.admits()).toBe(true);
    expect(gateway.admits()).toBe(false);
  });

  test('a request that found no key, or whose client left, makes room for another probe', () => {
    expect(gateway.admits()).toBe(true);
    gateway.breakers.release(provider);
    expect(gateway.admits()).toBe(true);
    gateway.fails(1, verdict({ class: 'cancelled', scope: 'caller' }));
    expect(gateway.admits()).toBe(true);
    expect(gateway.admits()).toBe(false);
  });

  test('a probe that is answered ends it', async () => {
    expect(gateway.admits()).toBe(true);
    gateway.answers();
    for (let asked = 0; asked < 9; asked++) expect(gateway.admits()).toBe(true);
    expect(await types()).toEqual(['BreakerOpened', 'BreakerHalfOpened', 'BreakerClosed']);
    expect(gateway.state()).toBe('closed');
  });

  test('a probe that is refused as a request ends it too', () => {
    gateway.fails(1, verdict({ class: 'caller', scope: 'caller' }));
    expect(gateway.admits()).toBe(true);
    expect(gateway.admits()).toBe(true);
  });

  test('each probe that fails doubles the wait, up to thirty seconds', async () => {
    const waitsS: number[] = [];
    for (let probe = 0; probe < 5; probe++) {
      expect(gateway.admits()).toBe(true);
      await world.after(20);
      gateway.fails();
      waitsS.push(gateway.waitMs() / second);
      await world.after(gateway.waitMs());
    }
    expect(waitsS).toEqual([10, 20, 30, 30, 30]);
    const openings = (await world.facts()).filter(({ type }) => type === 'BreakerOpened');
    expect(openings).toHaveLength(6);
  });

  test('what was under way when it opened says nothing about it', async () => {
    gateway.fails(50, broken(), Date.now() - 6 * second);
    expect(gateway.state()).toBe('half-open');
    expect(gateway.admits()).toBe(true);
    gateway.answers();
    gateway.fails(50, broken(), Date.now() - second);
    expect(gateway.admits()).toBe(true);
    expect((await types()).at(-1)).toBe('BreakerClosed');
  });
});

describe('What is answered while it is open', () => {
  test('was under way before, and does not close it', async () => {
    gateway.fails(5);
    gateway.answers();
    expect(gateway.admits()).toBe(false);
    expect(await types()).toEqual(['BreakerOpened']);
  });
});

describe('Another gateway on the same log', () => {
  let other: BreakingGateway;
  beforeEach(async () => {
    other = await world.gateway();
  });

  test('leaves the provider alone too, and comes back to it with the first', async () => {
    gateway.fails(5);
    await world.after(0);
    expect(other.waitMs()).toBe(gateway.waitMs());
    await world.after(5 * second);
    // Each has a probe of its own.
    expect([gateway.admits(), other.admits()]).toEqual([true, true]);
    expect([gateway.admits(), other.admits()]).toEqual([false, false]);
    other.answers();
    await world.after(0);
    expect([gateway.state(), gateway.admits(), gateway.admits()]).toEqual(['closed', true, true]);
    expect(await types()).toEqual(['BreakerOpened', 'BreakerHalfOpened', 'BreakerClosed']);
  });

  test('counts for itself: what each saw less than five times is no outage', () => {
    gateway.fails(4);
    other.fails(4);
    expect([gateway.admits(), other.admits()]).toEqual([true, true]);
  });

  test('that sees the same outage in the same moment opens nothing a second time', async () => {
    gateway.fails(5);
    other.fails(5);
    expect(await types()).toEqual(['BreakerOpened']);
    expect([gateway.admits(), other.admits()]).toEqual([false, false]);
    await world.after(5 * second);
    gateway.fails();
    other.fails();
    expect((await types()).filter((type) => type === 'BreakerOpened')).toHaveLength(2);
    expect([gateway.waitMs(), other.waitMs()]).toEqual([10 * second, 10 * second]);
  });

  test('whose probe is answered when that of the first has failed waits with it', async () => {
    gateway.fails(5);
    await world.after(5 * second);
    expect([gateway.admits(), other.admits()]).toEqual([true, true]);
    gateway.fails();
    await world.after(10);
    other.answers();
    await world.after(0);
    expect([gateway.admits(), other.admits()]).toEqual([false, false]);
    expect(gateway.state()).toBe('open');
  });

  test('that starts later finds it open', async () => {
    gateway.fails(5);
    await world.after(second);
    const late = await world.gateway();
    expect(late.waitMs()).toBe(4 * second);
    await world.after(4 * second);
    expect((await world.gateway()).admits()).toBe(true);
  });
});

describe("An operator's reset", () => {
  test('closes it everywhere, and forgets what was counted', async () => {
    const other = await world.gateway();
    gateway.fails(5);
    await world.after(0);
    const by = { kind: 'operator', id: 'session-1' } as const;
    const [opened] = await world.facts();
    await gateway.breakers.reset(provider, 'operator', { ...opened!.cause, by });
    expect([gateway.admits(), gateway.admits()]).toEqual([true, true]);
    await world.after(0);
    expect([other.admits(), other.admits()]).toEqual([true, true]);
    expect((await world.facts()).at(-1)).toMatchObject({
      type: 'BreakerClosed',
      data: { cause: 'operator' },
      cause: { by },
    });
    gateway.fails(4);
    expect(gateway.admits()).toBe(true);
    gateway.fails(1);
    expect(gateway.waitMs()).toBe(5 * second);
  });
});

describe('While the log is away', () => {
  test('it opens, is probed and closes here all the same', async () => {
    world.log.setAway(true);
    gateway.fails(5);
    expect(gateway.waitMs()).toBe(5 * second);
    await world.after(5 * second);
    expect(gateway.admits()).toBe(true);
    gateway.fails();
    expect(gateway.waitMs()).toBe(5 * second);
    await world.after(5 * second);
    expect(gateway.admits()).toBe(true);
    gateway.answers();
    expect([gateway.admits(), gateway.admits()]).toEqual([true, true]);
    world.log.setAway(false);
    await world.after(second);
    await gateway.breakers.idle();
    expect(await types()).toEqual([]);
    expect([gateway.admits(), gateway.admits()]).toEqual([true, true]);
  });

  test('the log hears of an opening that lasts once it is back', async () => {
    gateway.settings.circuitBreakerRecoveryTimeout = 60;
    world.log.setAway(true);
    gateway.fails(5);
    await world.after(second);
    world.log.setAway(false);
    await world.after(second);
    await gateway.breakers.idle();
    expect(await types()).toEqual(['BreakerOpened']);
    expect(gateway.waitMs()).toBe(3 * second);
    expect(world.errors.length).toBeLessThan(5);
  });
});
