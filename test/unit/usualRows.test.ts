/** Usual requests are projected from the rows in which they travelled: as if each had been made an event first. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { newBatchId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import type { Attempt, RequestFinished, TrafficEvent } from '../../events/traffic.ts';
import { decodeTraffic, encodeTraffic } from '../../events/trafficMessage.ts';
import { isUsualRow } from '../../events/usualRows.ts';
import { batch, rowsAfterProjecting, tempDatabase, withTraffic } from '../support/projections.ts';
import { requestFinished } from '../support/sampleEvents.ts';

const noonMs = Date.parse('2026-11-19T12:00:00Z');
const dayMs = 24 * 3_600_000;
const count = fc.nat(10_000);
const word = fc.constantFrom('', 'one', 'two', 'Zoë');

const answered = {
  provider: 'openai',
  keyId: 'key-1',
  model: 'gpt-5',
  status: 200,
  startedMs: 0,
  durationMs: 3,
  verdict: 'ok',
  ruleId: '',
  error: '',
};
const usual = requestFinished('/v1/models', { attempts: [answered] });

const usages = fc.option(
  fc.record(
    {
      inputTokens: count,
      outputTokens: count,
      cachedTokens: count,
      reasoningTokens: count,
      cacheWriteTokens: count,
      parts: fc.record({ webSearches: count }),
    },
    { requiredKeys: ['inputTokens', 'outputTokens', 'cachedTokens', 'reasoningTokens'] },
  ),
);
const details = fc.record({
  client: word,
  dialect: fc.constantFrom('openai', 'anthropic', 'gemini'),
  model: word,
  provider: word,
  keyId: word,
  modelRoute: word,
  status: fc.constantFrom(200, 429, 503),
  outcome: fc.constantFrom('completed', 'failed', 'truncated', 'cancelled'),
  streamed: fc.boolean(),
  durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  usage: usages,
  costMicroUsd: fc.option(count),
  priceVersion: fc.option(word),
} as const);
const requests = fc
  .record({ data: details, day: fc.nat(1), failedBefore: fc.boolean(), isTraced: fc.boolean() })
  .map(({ data, day, failedBefore, isTraced }): RequestFinished => {
    const { provider, keyId, model, status } = data;
    const last: Attempt = { ...answered, provider, keyId, model, status };
    const failed = { ...last, status: 500, verdict: 'provider_error', error: 'no' };
    const attempts = failedBefore ? [failed, last] : [last];
    const event = requestFinished('/v1/chat/completions', { ...data, attempts });
    const traceId = isTraced ? ('a'.repeat(32) as RequestFinished['traceId']) : event.traceId;
    return { ...event, traceId, atMs: noonMs + day * dayMs };
  });

const sent = (events: readonly TrafficEvent[]) => {
  const body = encodeTraffic({ id: newBatchId(), gatewayId: 'here', events });
  return { subject: 'sbx.traffic.here', sequence: 1, timeMs: 1, data: Buffer.from(body) };
};
const changed = (change: (row: unknown[]) => void) => {
  const message = sent([usual]);
  const body = JSON.parse(message.data.toString()) as { requests: { rows: unknown[][] } };
  body.requests.rows.forEach(change);
  return decodeTraffic({ ...message, data: Buffer.from(JSON.stringify(body)) });
};

describe('a usual row', () => {
  test('is kept as it came, and is an event for whoever asks', () => {
    const message = decodeTraffic(sent([usual]));
    expect(message.entries.map(isUsualRow)).toEqual([true]);
    expect(message.events).toEqual([usual]);
  });

  test('ends in the same tables as its event would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 40 }), async (events) => {
        const log = memoryLog({ now: () => noonMs + 2 * dayMs });
        await log.appendTraffic(batch(...events));
        const asEvents = withTraffic(log, (message) => [{ ...message, entries: message.events }]);
        const files = [tempDatabase(), tempDatabase()] as const;
        const fromRows = await rowsAfterProjecting(log, files[0].path);
        const fromEvents = await rowsAfterProjecting(asEvents, files[1].path);
        for (const file of files) file.remove();
        expect(fromRows).toEqual(fromEvents);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test.each([
    ['a text that is not in the table', (row: unknown[]) => (row[5] = 99)],
    ['a dialect that nobody speaks', (row: unknown[]) => (row[4] = row[5])],
    ['a status that is no number', (row: unknown[]) => (row[10] = 'ok')],
    ['a cell too few', (row: unknown[]) => row.pop()],
  ])('is none with %s: left out and counted', (_what, change) => {
    expect(changed((row) => void change(row))).toMatchObject({
      entries: [],
      events: [],
      skipped: 1,
    });
  });
});
