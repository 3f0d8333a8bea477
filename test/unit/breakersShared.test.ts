/** An outage is seen by one gateway and known to all, as far as the log can be reached. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { provider, startBreaking, type BreakingGateway } from '../support/breaking.ts';

const second = 1_000;
let world: ReturnType<typeof startBreaking>;
let gateway: BreakingGateway;
beforeEach(async () => {
  world = startBreaking();
  gateway = await world.gateway();
});
afterEach(() => world.stop());

const types = async () => (await world.facts()).map(({ type }) => type);

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
