/** Ten thousand keys in one pool cost what ten cost: no step of a choice looks at them all. */
import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test';
import { Refusal } from '../../actors/runtime/refusal.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { LogUnavailable } from '../../events/log.ts';
import { createOutbox } from '../../server/keyRing/outbox.ts';
import { createPool, type Pool } from '../../server/keyRing/pool.ts';
import { createSecretLoader } from '../../server/keyRing/secretLoader.ts';
import { memoryVault } from '../support/memoryVault.ts';
import { flush } from '../support/judging.ts';

const now = () => Date.now();
const few = 10;
const many = 10_000;
const idOf = (number: number): ActorId => actorId(`key-${number}`);
const minuteMs = 60_000;

const pools: Pool[] = [];
/** `rest` says for each key what it rests for. */
const poolOf = (size: number, rest: (number: number) => [scope: string, untilMs: number][]) => {
  const pool = createPool(now);
  pools.push(pool);
  for (let number = 0; number < size; number++) {
    const rests = new Map(
      rest(number).map(([scope, untilMs]) => [scope, { untilMs, guessed: false }]),
    );
    pool.put({ id: idOf(number), secret: 's', weight: 1 + (number % 3), rests });
  }
  return pool;
};
const nobodyRests = () => [];

type Collection = { prototype: object };
type Method = (this: { size?: number; length?: number }, ...args: unknown[]) => unknown;
const lookUps: PropertyKey[] = ['get', 'set', 'has', 'add', 'delete'];
const walks: PropertyKey[] = ['values', 'keys', 'entries', 'forEach', Symbol.iterator];
const arrayWalks: PropertyKey[] = ['map', 'filter', 'find', 'some', 'sort', 'forEach'];

/** What `work` costs in look-ups, a walk over a collection counting as much as there is in it. */
function stepsOf(work: () => void): number {
  let steps = 0;
  const restore: (() => void)[] = [];
  const count = ({ prototype }: Collection, names: PropertyKey[], isWalk: boolean) => {
    const methods = prototype as Record<PropertyKey, Method>;
    for (const name of names) {
      const original = methods[name];
      if (!original) continue;
      methods[name] = function (...args) {
        steps += isWalk ? (this.size ?? this.length ?? 0) + 1 : 1;
        return original.apply(this, args);
      };
      restore.push(() => void (methods[name] = original));
    }
  };
  for (const type of [Map, Set]) {
    count(type, lookUps, false);
    count(type, walks, true);
  }
  count(Array, arrayWalks, true);
  try {
    work();
  } finally {
    for (const undo of restore) undo();
  }
  return steps;
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  for (const pool of pools.splice(0)) pool.stop();
  jest.useRealTimers();
});

describe('With many keys a choice takes as many steps as with few', () => {
  const stepsOfTakes = (pool: Pool) =>
    stepsOf(() => {
      for (let asked = 0; asked < 100; asked++) {
        const taken = pool.take('gpt-5', true);
        if (taken) pool.settle(taken, true);
      }
    });

  test('when all are ready', () => {
    const steps = stepsOfTakes(poolOf(few, nobodyRests));
    expect(steps).toBeGreaterThan(0);
    expect(stepsOfTakes(poolOf(many, nobodyRests))).toBe(steps);
  });

  test('when half of them rest, some for one model alone', () => {
    const rest = (number: number): [string, number][] =>
      number % 2 === 0 ? [] : [[number % 4 === 1 ? '' : 'gpt-5', now() + minuteMs]];
    const steps = stepsOfTakes(poolOf(few, rest));
    expect(stepsOfTakes(poolOf(many, rest))).toBe(steps);
  });

  test('when it must be a certain key', () => {
    const stepsOfThis = (pool: Pool) =>
      stepsOf(() => {
        for (let asked = 0; asked < 100; asked++) pool.takeThis(idOf(asked % few), 'gpt-5');
      });
    const steps = stepsOfThis(poolOf(few, nobodyRests));
    expect(stepsOfThis(poolOf(many, nobodyRests))).toBe(steps);
  });

  test('when one of them is rested', () => {
    const stepsOfRest = (pool: Pool) =>
      stepsOf(() => pool.rest(idOf(3), '', { untilMs: now() + minuteMs, guessed: false }));
    const steps = stepsOfRest(poolOf(few, nobodyRests));
    expect(stepsOfRest(poolOf(many, nobodyRests))).toBe(steps);
  });
});

test('A walk over all keys would be seen', () => {
  const keys = new Map(Array.from({ length: many }, (_, number) => [number, number]));
  expect(
    stepsOf(() => {
      for (const _ of keys) continue;
    }),
  ).toBeGreaterThan(many);
});

describe('One timer is enough', () => {
  test('for the rests of ten thousand keys', () => {
    const before = jest.getTimerCount();
    poolOf(many, (number) => [['', now() + minuteMs + number]]);
    expect(jest.getTimerCount() - before).toBe(1);
    jest.advanceTimersByTime(minuteMs + many + 1_000);
    expect(pools[0]?.take('gpt-5', true)?.probes).toBeUndefined();
    expect(jest.getTimerCount() - before).toBe(0);
  });

  test('for ten thousand secrets that the vault does not give', async () => {
    const vault = memoryVault(now);
    vault.setAway(true);
    const loaded: string[] = [];
    const loader = createSecretLoader({
      vault,
      now,
      wanted: (id) => ({ secretRef: id, origin: 'o', provider: 'p' }),
      onLoaded: (id) => loaded.push(id),
      onGone: () => undefined,
      onError: () => undefined,
    });
    const before = jest.getTimerCount();
    for (let number = 0; number < many; number++) loader.load(idOf(number));
    await loader.settled();
    expect(loader.unanswered()).toHaveLength(many);
    expect(jest.getTimerCount() - before).toBe(1);
    vault.setAway(false);
    for (let number = 0; number < many; number++) await vault.put(idOf(number), 'o', 's');
    jest.advanceTimersByTime(1_100);
    await loader.settled();
    expect(new Set(loaded).size).toBe(many);
    loader.stop();
    expect(jest.getTimerCount() - before).toBe(0);
  });

  test('for ten thousand words to a log that is away, which gets few of them at once', async () => {
    let isAway = true;
    let underWay = 0;
    let most = 0;
    const told = new Set<string>();
    const outbox = createOutbox(() => undefined);
    const before = jest.getTimerCount();
    for (let number = 0; number < many; number++) {
      outbox.put(idOf(number), 'rest', async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await Promise.resolve();
        underWay -= 1;
        if (isAway) throw new LogUnavailable('it is away');
        if (number === 5 && told.size < 100) throw new Refusal('TOO_BUSY', 'a race');
        told.add(idOf(number));
      });
    }
    await flush();
    expect(outbox.size()).toBe(many);
    expect(jest.getTimerCount() - before).toBe(1);
    isAway = false;
    const idle = outbox.idle();
    jest.advanceTimersByTime(500);
    await flush();
    jest.advanceTimersByTime(500);
    await idle;
    expect(told.size).toBe(many);
    expect(outbox.size()).toBe(0);
    expect(most).toBeLessThanOrEqual(64);
  });
});
