/** Thousands of deadlines may ring at once; their actors are woken few at a time. */
import { expect, test } from 'bun:test';
import { createWakes } from '../../actors/runtime/wakes.ts';

async function wakeAll(count: number, random?: () => number) {
  const woken: number[] = [];
  let underWay = 0;
  let most = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wakes = createWakes<number>(async (key) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    woken.push(key);
    if (woken.length === count) resolve();
  }, random);
  for (let key = 0; key < count; key++) wakes.due(key);
  await promise;
  return { woken, most };
}

test('all are woken, each once and never more than 64 at a time', async () => {
  const { woken, most } = await wakeAll(10_000);
  expect(new Set(woken).size).toBe(10_000);
  expect(woken).toHaveLength(10_000);
  expect(most).toBe(64);
});

test('two gateways wake the same ones in different orders', async () => {
  const [first, last] = [await wakeAll(1_000, () => 0), await wakeAll(1_000, () => 0.999_999)];
  expect(first.woken).not.toEqual(last.woken);
  expect(new Set(first.woken)).toEqual(new Set(last.woken));
});

test('after the stop nobody is woken but those who are on their way', async () => {
  let woken = 0;
  const gate = Promise.withResolvers<void>();
  const wakes = createWakes<number>(async () => {
    await gate.promise;
    woken += 1;
  });
  for (let key = 0; key < 1_000; key++) wakes.due(key);
  wakes.stop();
  gate.resolve();
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  expect(woken).toBe(64);
});
