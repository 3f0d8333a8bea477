/** The console's fold over traffic: seconds, minutes, keys' days, the newest requests. */
import { describe, expect, test } from 'bun:test';
import { applyEvent, applyEvents } from '../../web/src/live/applyEvent.ts';
import { worldOf, type LiveEvent, type Request, type World } from '../../web/src/live/world.ts';

const time = '2026-11-20T22:59:30.000Z';
const start: World = worldOf(
  {
    cursor: 'c1-t1',
    time,
    version: '1.2.3',
    gateway_id: 'gateway-1',
    session_until: null,
    pulse: null,
    actors: [],
    keys_today: {},
    minutes: [],
    requests: [],
    tool_calls: [],
    events: [],
  },
  Date.parse(time) - 5_000,
);

const request = (at: string, more: Partial<Request> = {}): LiveEvent => ({
  name: 'request',
  data: {
    id: at,
    time: at,
    key_id: 'k',
    status: 200,
    outcome: 'completed',
    input_tokens: 10,
    output_tokens: 5,
    cost_micro_usd: 7,
    duration_ms: 100,
    ...more,
  } as Request,
});

const totals = (at: string): LiveEvent => ({
  name: 'totals',
  cursor: 'c1-t9',
  data: {
    time: at,
    hidden: {
      requests: 500,
      failures: 4,
      input_tokens: 1,
      output_tokens: 2,
      cost_micro_usd: 3,
      duration_ms: 4,
      tool_calls: 5,
      tool_failures: 6,
      keys: { k: [499, 3] },
    },
  },
});

describe('a request', () => {
  test('counts in its second, its minute, and the hour of its key', () => {
    const world = applyEvent(start, request('2026-11-20T22:59:31.200Z'));
    expect(world.seconds).toMatchObject([
      { startMs: Date.parse('2026-11-20T22:59:31Z'), requests: 1, failures: 0, inputTokens: 10 },
    ]);
    expect(world.minutes).toMatchObject([{ startMs: Date.parse('2026-11-20T22:59:00Z') }]);
    expect(world.keysToday.get('k')).toMatchObject({ requests: 1, failures: 0 });
    expect(world.keysToday.get('k')?.hours[22]).toBe(1);
    expect(world.requests).toHaveLength(1);
  });

  test('that failed counts as such; one whose client left does not', () => {
    const world = applyEvents(start, [
      request('2026-11-20T22:59:31.200Z', { status: 502, outcome: 'failed' }),
      request('2026-11-20T22:59:31.300Z', { outcome: 'cancelled' }),
    ]);
    expect(world.seconds).toMatchObject([{ requests: 2, failures: 1 }]);
  });

  test('that comes late finds its place among the seconds', () => {
    const world = applyEvents(start, [
      request('2026-11-20T22:59:33.000Z'),
      request('2026-11-20T22:59:31.000Z'),
      request('2026-11-20T22:59:33.500Z'),
    ]);
    expect(world.seconds.map((span) => span.requests)).toEqual([1, 2]);
  });

  test('of a new day begins the days of the keys anew', () => {
    const world = applyEvents(start, [
      request('2026-11-20T23:59:59.000Z'),
      request('2026-11-21T00:00:01.000Z'),
      request('2026-11-20T23:59:59.500Z'),
    ]);
    expect(world.day).toBe('2026-11-21');
    expect(world.keysToday.get('k')).toMatchObject({ requests: 1 });
    expect(world.keysToday.get('k')?.hours[0]).toBe(1);
  });
});

describe('a second with more than is shown', () => {
  test('counts what was hidden, by key too, and moves the cursor', () => {
    const world = applyEvents(start, [
      request('2026-11-20T22:59:31.200Z'),
      totals('2026-11-20T22:59:31.990Z'),
    ]);
    expect(world.seconds).toMatchObject([{ requests: 501, failures: 4, toolCalls: 5 }]);
    expect(world.keysToday.get('k')).toMatchObject({ requests: 500, failures: 3 });
    expect(world.cursor).toBe('c1-t9');
  });
});

describe('bounds', () => {
  test('the newest requests and the last minutes are kept, no more', () => {
    const events = Array.from({ length: 2_000 }, (_, index) =>
      request(new Date(Date.parse(time) + index * 1_000).toISOString()),
    );
    const world = applyEvents(start, events);
    expect(world.requests).toHaveLength(500);
    expect(world.requests[0]?.time).toBe(new Date(Date.parse(time) + 1_999_000).toISOString());
    expect(world.seconds).toHaveLength(300);
    expect(world.minutes.reduce((sum, { requests }) => sum + requests, 0)).toBe(2_000);
  });
});
