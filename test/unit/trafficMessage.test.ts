/** Traffic as it travels: what goes in comes out, in a fraction of the bytes. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { newBatchId } from '../../events/ids.ts';
import type { RequestFinished, TrafficEvent } from '../../events/traffic.ts';
import { decodeTraffic, encodeTraffic } from '../../events/trafficMessage.ts';
import { requestFinished } from '../support/sampleEvents.ts';

const throughTheLog = (events: readonly TrafficEvent[]) => {
  const body = encodeTraffic({ id: newBatchId(), gatewayId: 'here', events });
  const data = new TextEncoder().encode(body);
  return { body, ...decodeTraffic({ subject: 'sbx.traffic.here', sequence: 7, timeMs: 1, data }) };
};
const request = (data: Partial<RequestFinished['data']> = {}): RequestFinished => {
  const event = requestFinished('/v1/chat/completions');
  return { ...event, data: { ...event.data, ...data } };
};
const dropped = (): TrafficEvent => ({
  ...request(),
  type: 'TrafficDropped',
  data: { count: 1, requests: 1, failures: 0, inputTokens: 0, outputTokens: 0 },
});

describe('a batch', () => {
  test('comes out as it went in', () => {
    const attempt = {
      provider: 'openai',
      keyId: 'openai-1',
      model: 'gpt-5',
      status: 429,
      startedMs: 1,
      durationMs: 2,
      verdict: 'rate_limit',
      ruleId: 'rate-limit.retry-after',
      error: 'too many requests',
    };
    const events = [
      request({ attempts: [attempt, { ...attempt, status: 200, error: '' }] }),
      request({ usage: null, streamed: true, priceVersion: '2026-11', costMicroUsd: 12 }),
      request(),
    ];
    expect(throughTheLog(events)).toMatchObject({ events, skipped: 0, gatewayId: 'here' });
  });

  test('keeps events that are no requests, after the requests', () => {
    const events = [dropped(), request()];
    expect(throughTheLog(events).events.map(({ type }) => type)).toEqual([
      'RequestFinished',
      'TrafficDropped',
    ]);
  });

  test('keeps a trace that is not the request’s own id', () => {
    const event = { ...request(), traceId: 'a'.repeat(32) as RequestFinished['traceId'] };
    expect(throughTheLog([event]).events).toEqual([event]);
  });

  test('takes a fifth of the bytes that objects would', () => {
    const events = Array.from({ length: 200 }, () => request());
    const { body } = throughTheLog(events);
    expect(body.length * 3).toBeLessThan(JSON.stringify(events).length);
  });

  test('comes out as it went in, whatever the strings and numbers', () => {
    const count = fc.nat();
    const counted = fc.record(
      {
        inputTokens: count,
        outputTokens: count,
        cachedTokens: count,
        reasoningTokens: count,
        cacheWriteTokens: count,
        parts: fc.record({ outputAudioTokens: count, webSearches: count }, { requiredKeys: [] }),
      },
      {
        requiredKeys: ['inputTokens', 'outputTokens', 'cachedTokens', 'reasoningTokens'],
      },
    );
    // What was not counted at all is written as none where parts follow.
    const usage = counted.filter((one) => !one.parts || one.cacheWriteTokens !== undefined);
    const data = fc.record({
      usage: fc.option(usage),
      modelRoute: fc.string({ minLength: 1 }),
      client: fc.string(),
      route: fc.string(),
      model: fc.string(),
      keyId: fc.string(),
      status: fc.integer(),
      firstByteMs: fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .filter((n) => !Object.is(n, -0)),
      streamed: fc.boolean(),
      costMicroUsd: fc.option(fc.integer()),
      priceVersion: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(fc.array(data, { maxLength: 20 }), (several) => {
        const events = several.map(request);
        expect(throughTheLog(events).events).toEqual(events);
      }),
    );
  });
});

describe('a message of another version', () => {
  const decode = (body: object) => {
    const data = new TextEncoder().encode(JSON.stringify(body));
    return decodeTraffic({ subject: 'sbx.traffic.there', sequence: 1, timeMs: 1, data });
  };

  test('is read by the names of its columns, whatever their order, unknown ones aside', () => {
    const event = request({ client: 'me', modelRoute: 'fast' });
    const { requests } = JSON.parse(throughTheLog([event]).body);
    const columns = [...requests.columns].reverse();
    const rows = requests.rows.map((row: unknown[]) => ['new', ...[...row].reverse()]);
    const read = decode({
      id: 'b',
      events: [],
      requests: { ...requests, columns: ['later', ...columns], rows },
    });
    expect(read.events).toMatchObject([
      { id: event.id, data: { client: 'me', modelRoute: 'fast' } },
    ]);
  });

  test('counts rows that lack what they need, and goes on with the others', () => {
    const { requests } = JSON.parse(throughTheLog([request()]).body);
    const rows = [[], ...requests.rows, [null, 'x']];
    const read = decode({ id: 'b', events: [], requests: { ...requests, rows } });
    expect(read.skipped).toBe(2);
    expect(read.events.length).toBe(1);
  });
});
