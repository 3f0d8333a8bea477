/** How long a process that ended waits for its next start. */
import { expect, test } from 'bun:test';
import { restartBackoff } from '../../server/launcher/backoff.ts';

test('each failure waits twice as long, up to five seconds', () => {
  const backoff = restartBackoff(() => 0);
  const waits = Array.from({ length: 8 }, () => backoff.nextMs());
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('after ten seconds up, the wait is short again', () => {
  let nowMs = 0;
  const backoff = restartBackoff(() => nowMs);
  backoff.nextMs();
  backoff.nextMs();
  backoff.started();
  nowMs = 9_999;
  expect(backoff.nextMs()).toBe(400);
  backoff.started();
  nowMs += 10_000;
  expect(backoff.nextMs()).toBe(100);
});
