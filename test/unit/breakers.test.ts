/** What traffic says about a provider: when it is left alone, probed and asked again. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  broken,
  provider,
  silent,
  startBreaking,
  type BreakingGateway,
} from '../support/breaking.ts';
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
      gateway.fails(1, silent, startedAtMs);
    }
    expect(gateway.admits()).toBe(false);
  });

  test('that lets five requests wait in vain at once is left alone', async () => {
    const startedAtMs = Date.now();
    await world.after(60 * second);
    gateway.fails(5, silent, startedAtMs);
    expect(gateway.admits()).toBe(false);
  });

  test('in one moment, with all that is under way, is asked on: that is one fault', async () => {
    const startedAtMs = Date.now();
    await world.after(20);
    gateway.fails(100, broken('reset'), startedAtMs);
    expect(gateway.admits()).toBe(true);
    gateway.fails(3);
    expect(gateway.admits()).toBe(true);
    gateway.fails(1);
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
