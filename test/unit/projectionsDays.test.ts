/** What a day's totals are made of, and how they are cut into messages. */
import { describe, expect, test } from 'bun:test';
import type { DayRow } from '../../events/day.ts';
import { splitIntoParts } from '../../events/projections/closeDays.ts';
import { dayOf } from '../../events/projections/dailyRows.ts';
import { isFailure } from '../../events/trafficCounts.ts';

const row = (model: string): DayRow => ({
  client: 'acme',
  provider: 'openai',
  keyId: 'key-1',
  model,
  requests: 1,
  failures: 0,
  inputTokens: 1,
  outputTokens: 1,
  cachedTokens: 0,
  costMicroUsd: 1,
  durationMs: 1,
});

describe('the parts of a day', () => {
  test('fit into 200 KiB each, keep the order and lose nothing', () => {
    const rows = Array.from({ length: 5_000 }, (_, index) => row(`modèle-${index}`));
    const parts = splitIntoParts(rows);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.flat()).toEqual(rows);
    for (const part of parts) {
      expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(200 * 1024 + 1);
    }
  });

  test('are one for a quiet day, and one for a single row of any size', () => {
    expect(splitIntoParts([])).toEqual([[]]);
    expect(splitIntoParts([row('m'.repeat(300_000))])).toHaveLength(1);
  });
});

describe('a request', () => {
  test('belongs to the UTC day of its end', () => {
    expect(dayOf(Date.parse('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20');
    expect(dayOf(Date.parse('2026-11-21T00:00:00.000Z'))).toBe('2026-11-21');
  });

  test('is a failure when its answer was an error or was cut, not when the client left', () => {
    expect(isFailure({ outcome: 'completed', status: 200 })).toBe(false);
    expect(isFailure({ outcome: 'cancelled', status: 200 })).toBe(false);
    expect(isFailure({ outcome: 'truncated', status: 200 })).toBe(true);
    expect(isFailure({ outcome: 'failed', status: 0 })).toBe(true);
    expect(isFailure({ outcome: 'completed', status: 429 })).toBe(true);
  });
});
