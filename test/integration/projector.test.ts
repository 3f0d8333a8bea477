/** The projector over a log in memory and real files: the rows are the log's, whatever happens on the way. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { rmSync, writeFileSync } from 'node:fs';
import { memoryLog } from '../../events/memoryLog.ts';
import type { EventLog } from '../../events/log.ts';
import {
  all,
  batch,
  droppedAt,
  keyAdded,
  put,
  requestAt,
  rested,
  rowsAfterProjecting,
  rowsIn,
  runProjector,
  tempDatabase,
  withTraffic,
} from '../support/projections.ts';
import { sampleCause } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';

const dayOne = Date.parse('2026-11-19T12:00:00Z');
let clockMs = dayOne;
let log: ReturnType<typeof memoryLog>;
let database: ReturnType<typeof tempDatabase>;

beforeEach(() => {
  clockMs = dayOne;
  log = memoryLog({ now: () => clockMs });
  database = tempDatabase();
});
afterEach(() => database.remove());

async function fill(into: EventLog): Promise<void> {
  await put(into, 'provider-key', 'one', keyAdded('openai', 'One'));
  await put(into, 'provider-key', 'two', keyAdded('groq', 'Two'));
  await put(into, 'provider-key', 'one', rested(dayOne + 60_000));
  await put(into, 'provider-key', 'two', { type: 'ProviderKeyRenamed', data: { name: 'Deux' } });
  for (let index = 0; index < 40; index += 1) {
    clockMs += 1_000;
    const keyId = index % 3 === 0 ? 'one' : 'two';
    const failed = { status: 500, outcome: 'failed', keyId } as const;
    await into.appendTraffic(
      batch(
        requestAt(clockMs, { keyId, client: 'acme', costMicroUsd: index }),
        requestAt(clockMs, index % 5 === 0 ? failed : { keyId, durationMs: index / 2 }),
        ...Array.from({ length: index }, () => requestAt(clockMs, { keyId, usage: null })),
      ),
    );
  }
  await into.appendTraffic(batch(droppedAt(clockMs, 11)));
}

describe('the rows', () => {
  test('are the same after the file was removed and made anew', async () => {
    await fill(log);
    const before = await rowsAfterProjecting(log, database.path);
    rmSync(database.path);
    expect(await rowsAfterProjecting(log, database.path)).toEqual(before);
    expect(before.find((one) => one.table === 'request')?.rows).toBe(860);
    expect(all(database.path, 'select sum(requests) as n from daily_stats')).toEqual([{ n: 871 }]);
  });

  test('are the same when every message is delivered three times', async () => {
    await fill(log);
    const once = await rowsAfterProjecting(log, database.path);
    const thrice = withTraffic(log, (message) => [message, message, message]);
    const controlThrice: EventLog = {
      ...thrice,
      tailControl: (after, onMessage) =>
        log.tailControl(after, (message) => {
          for (let time = 0; time < 3; time += 1) onMessage(message);
        }),
    };
    const other = tempDatabase();
    expect(await rowsAfterProjecting(controlThrice, other.path)).toEqual(once);
    other.remove();
  });

  test('are the same when the projector was stopped and started on the way', async () => {
    const first = await runProjector(log, database.path);
    await fill(log);
    await first.stop();
    await first.stop();
    await log.appendTraffic(batch(requestAt(clockMs)));
    const other = tempDatabase();
    const whole = await rowsAfterProjecting(log, other.path);
    expect(await rowsAfterProjecting(log, database.path)).toEqual(whole);
    other.remove();
  });

  test('count a batch once that was sent again after the log forgot its id', async () => {
    const sent = batch(requestAt(dayOne), requestAt(dayOne));
    const body = JSON.stringify({ id: sent.id, events: sent.events });
    log.putRaw('TRAFFIC', 'sbx.traffic.gateway-1', body);
    clockMs += 3_600_000;
    log.putRaw('TRAFFIC', 'sbx.traffic.gateway-1', body);
    await rowsAfterProjecting(log, database.path);
    expect(all(database.path, 'select count(*) as n from request')).toEqual([{ n: 2 }]);
    expect(all(database.path, 'select requests from daily_stats')).toEqual([{ requests: 2 }]);
  });

  test('forget a batch after a day of the log', async () => {
    await log.appendTraffic(batch(requestAt(dayOne)));
    clockMs += 25 * 3_600_000;
    await log.appendTraffic(batch(requestAt(clockMs)));
    await rowsAfterProjecting(log, database.path);
    expect(all(database.path, 'select sequence from batch')).toEqual([{ sequence: 2 }]);
  });

  test('take the time of the log where a gateway tells an impossible one', async () => {
    await log.appendTraffic(batch(requestAt(-1e300), requestAt(dayOne + 0.5)));
    await rowsAfterProjecting(log, database.path);
    expect(all(database.path, 'select at_ms as at from request order by n')).toEqual([
      { at: dayOne },
      { at: dayOne },
    ]);
  });
});

describe('an event that cannot be read', () => {
  test('is indexed by what is known of it, counted, and stops nothing', async () => {
    await put(log, 'provider-key', 'one', keyAdded());
    clockMs += 5;
    const strange = { id: 'x', type: 'KeySang', version: 1, data: {}, cause: sampleCause() };
    log.putRaw('CONTROL', 'sbx.control.provider-key.one', JSON.stringify(strange));
    log.putRaw('CONTROL', 'sbx.control.provider-key.one', 'no JSON');
    await put(log, 'provider-key', 'two', keyAdded());
    log.putRaw('TRAFFIC', 'sbx.traffic.gateway-1', 'no JSON');
    await log.appendTraffic(batch(requestAt(dayOne)));
    const projector = await runProjector(log, database.path);
    await projector.caughtUp();
    await projector.stop();
    expect(projector.errors).toEqual([]);
    expect(all(database.path, 'select id from provider_key order by id')).toHaveLength(2);
    const row = 'select kind, actor_id as id, type, version, time_ms as ms from event_index';
    expect(all(database.path, `${row} where sequence = 2`)).toEqual([
      { kind: 'provider-key', id: 'one', type: 'KeySang', version: 0, ms: dayOne },
    ]);
    expect(all(database.path, 'select unreadable from checkpoint order by stream')).toEqual([
      { unreadable: 2 },
      { unreadable: 1 },
    ]);
  });
});

describe('a message that the tail passed over', () => {
  test('is read again: the rows behind it wait for it', async () => {
    await fill(log);
    const expected = await rowsAfterProjecting(log, database.path);
    let passed = false;
    const careless = withTraffic(log, (message) => {
      if (message.sequence !== 7 || passed) return [message];
      passed = true;
      return [];
    });
    const other = tempDatabase();
    const projector = await runProjector(careless, other.path);
    await projector.caughtUp();
    await projector.stop();
    expect(String(projector.errors[0])).toContain('TRAFFIC went from 6 to 8');
    expect(rowsIn(other.path)).toEqual(expected);
    other.remove();
  });

  test('is given up with an alarm when the log does not have it either', async () => {
    await fill(log);
    const without7: EventLog = {
      ...withTraffic(log, (message) => (message.sequence === 7 ? [] : [message])),
      readTraffic: async (after, upTo, limit) =>
        (await log.readTraffic(after, upTo)).filter((one) => one.sequence !== 7).slice(0, limit),
    };
    const projector = await runProjector(without7, database.path);
    await projector.caughtUp();
    await projector.stop();
    expect(projector.errors.map(String).join()).toContain('TRAFFIC dropped 1 messages');
    const lost = `select lost from checkpoint where stream = 'TRAFFIC'`;
    expect(all(database.path, lost)).toEqual([{ lost: 1 }]);
  });
});

describe('a file that cannot be gone on with', () => {
  test('of another log under the same names is thrown away', async () => {
    await fill(log);
    await rowsAfterProjecting(log, database.path);
    clockMs = dayOne + 77;
    const another = memoryLog({ now: () => clockMs });
    await fill(another);
    const other = tempDatabase();
    const expected = await rowsAfterProjecting(another, other.path);
    expect(await rowsAfterProjecting(another, database.path)).toEqual(expected);
    other.remove();
  });

  test('of another version is thrown away, and so is one that is damaged', async () => {
    await fill(log);
    const expected = await rowsAfterProjecting(log, database.path);
    for (const spoil of ['version', 'damage']) {
      if (spoil === 'damage') writeFileSync(database.path, 'not a database at all'.repeat(500));
      else setVersion(database.path, 9_999);
      expect(await rowsAfterProjecting(log, database.path)).toEqual(expected);
    }
  });

  test('because it was removed under a running projector is made anew', async () => {
    const projector = await runProjector(log, database.path);
    await fill(log);
    await projector.caughtUp();
    rmSync(database.path);
    clockMs += 24 * 3_600_000;
    await log.appendTraffic(batch(requestAt(clockMs)));
    await until('it complains', () => projector.errors.length > 0);
    expect(String(projector.errors[0])).toContain('was removed');
    await until('the file is there', () => Bun.file(database.path).size > 0);
    await projector.stop();
    await rowsAfterProjecting(log, database.path);
    expect(all(database.path, 'select count(*) as n from request')).toEqual([{ n: 861 }]);
  });
});

describe('a log that is away', () => {
  test('is waited for: the projector goes on where it was', async () => {
    const projector = await runProjector(log, database.path);
    log.setAway(true);
    log.setAway(false);
    await fill(log);
    await projector.caughtUp();
    expect(projector.position()).toEqual({ control: 4, conversations: 0, traffic: 41 });
    await projector.stop();
  });
});

function setVersion(path: string, version: number): void {
  const client = new Database(path);
  client.run(`pragma user_version = ${version}`);
  client.close();
}
