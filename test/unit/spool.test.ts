/** The spool: batches that wait on disk. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrafficBatch } from '../../events/log.ts';
import { BatchTooLarge } from '../../events/trafficMessage.ts';
import { openSpool, type Spool } from '../../events/spool.ts';
import { countsOfSpoolLine, decodeSpoolLine, encodeSpoolLine } from '../../events/spoolLine.ts';
import { addCounts, noTraffic, trafficDropped } from '../../events/trafficCounts.ts';
import { newBatchId } from '../../events/ids.ts';
import { batchOf, requestFinished } from '../support/sampleEvents.ts';

let folder: string;
let dropped = noTraffic;
const errors: unknown[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-spool-'));
  dropped = noTraffic;
  errors.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const open = (maxBytes = 64 * 1024 * 1024): Promise<Spool> =>
  openSpool({
    folder,
    maxBytes,
    onDropped: (counts) => {
      dropped = addCounts(dropped, counts);
    },
    onError: (error) => errors.push(error),
  });

/** Everything in the spool, oldest first; nothing is left. */
async function empty(spool: Spool): Promise<TrafficBatch[]> {
  const batches: TrafficBatch[] = [];
  for (;;) {
    const segment = await spool.takeOldest();
    if (!segment) return batches;
    batches.push(...segment.lines.map((line) => decodeSpoolLine(line)!));
    await spool.remove(segment.name);
  }
}

describe('A batch in the spool', () => {
  test('comes back whole and in order, to the same process and to the next', async () => {
    const batches = [batchOf('/v1/a', '/v1/"\n'), batchOf('/v1/b'), batchOf('/v1/c')];
    const first = await open();
    await Promise.all(batches.slice(0, 2).map((batch) => first.append(batch)));
    await first.close();

    const second = await open();
    await second.append(batches[2]!);
    expect(second.bytes()).toBeGreaterThan(0);
    expect(await empty(second)).toEqual(batches);
    expect(second.bytes()).toBe(0);
    expect(await readdir(folder)).toEqual([]);
    await second.close();
  });

  test('is on disk, for the owner alone, as soon as its append resolves', async () => {
    const batch = batchOf('/v1/a');
    const spool = await open();
    await spool.append(batch);
    const other = await open();
    const segment = await other.takeOldest();
    expect(segment?.lines.map((line) => decodeSpoolLine(line))).toEqual([batch]);
    expect((await stat(join(folder, segment!.name))).mode & 0o777).toBe(0o600);
    await spool.close();
    await other.close();
  });

  test('that no message could hold is refused', async () => {
    const spool = await open();
    const huge = batchOf('x'.repeat(1024 * 1024));
    await expect(spool.append(huge)).rejects.toBeInstanceOf(BatchTooLarge);
    expect(spool.bytes()).toBe(0);
    await spool.close();
  });
});

describe('A segment', () => {
  test('that was being written when the process was killed loses its half line only', async () => {
    const batch = batchOf('/v1/whole');
    const spool = await open();
    await spool.append(batch);
    await spool.close();
    const [name] = await readdir(folder);
    await appendFile(join(folder, name!), encodeSpoolLine(batchOf('/v1/torn')).slice(0, -20));

    const next = await open();
    const later = batchOf('/v1/later');
    await next.append(later);
    expect(await empty(next)).toEqual([batch, later]);
    await next.close();
  });

  test('of half a line only is empty and goes', async () => {
    await writeFile(join(folder, '000000000007.spool'), 'gateway-1 1 1 0');
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    const spool = await open();
    expect(await empty(spool)).toEqual([]);
    expect(await readdir(folder)).toEqual(['notes.txt']);
    await spool.close();
  });

  test('that is taken and given back is there again', async () => {
    const batch = batchOf('/v1/a');
    const spool = await open();
    await spool.append(batch);
    await spool.takeOldest();
    spool.release();
    expect(await empty(spool)).toEqual([batch]);
    await spool.close();
  });
});

describe('A spool that is full', () => {
  const maxBytes = 100_000;

  test('drops its oldest segments and says what they counted', async () => {
    const spool = await open(maxBytes);
    const appended: TrafficBatch[] = [];
    for (let index = 0; index < 300; index++) {
      const failed = { status: 500, outcome: 'failed' as const, usage: null };
      const batch = {
        ...batchOf(),
        events: [requestFinished(`/v1/${index}`), requestFinished('/v1/failed', failed)],
      };
      appended.push(batch);
      await spool.append(batch);
    }
    expect(spool.bytes()).toBeLessThanOrEqual(maxBytes);
    const left = await empty(spool);
    const gone = appended.length - left.length;
    expect(gone).toBeGreaterThan(0);
    expect(left).toEqual(appended.slice(gone));
    expect(dropped).toEqual({
      count: 2 * gone,
      requests: 2 * gone,
      failures: gone,
      inputTokens: 10 * gone,
      outputTokens: 5 * gone,
      toolCalls: 0,
      toolFailures: 0,
      again: 0,
    });
    await spool.close();
  });

  test('keeps the segment that is being sent', async () => {
    const spool = await open(maxBytes);
    for (let index = 0; index < 60; index++) await spool.append(batchOf('/v1/a'));
    const taken = await spool.takeOldest();
    for (let index = 0; index < 300; index++) await spool.append(batchOf('/v1/b'));
    expect(await readdir(folder)).toContain(taken!.name);
    expect(dropped.count).toBeGreaterThan(0);
    await spool.remove(taken!.name);
    await spool.close();
  });
});

describe('A disk that fails', () => {
  test('rejects the append and works again afterwards', async () => {
    const spool = await open();
    await rm(folder, { recursive: true });
    await expect(spool.append(batchOf('/v1/a'))).rejects.toThrow('ENOENT');
    await open();
    const batch = batchOf('/v1/b');
    await spool.append(batch);
    expect(await empty(spool)).toEqual([batch]);
    await spool.close();
  });
});

describe('A segment that somebody deleted', () => {
  test('is reported and does not hold up the others', async () => {
    const spool = await open();
    await spool.append(batchOf('/v1/a'));
    const [name] = await readdir(folder);
    await rm(join(folder, name!));
    expect(await empty(spool)).toEqual([]);
    expect(String(errors[0])).toContain('ENOENT');
    await spool.close();
  });
});

describe('A line of the spool', () => {
  test('keeps the totals of a TrafficDropped as what they stand for', () => {
    const tools = { toolCalls: 1, toolFailures: 1 };
    const lost = { ...noTraffic, count: 7, requests: 6, failures: 2, inputTokens: 9, ...tools };
    const events = [trafficDropped(lost, 0), requestFinished('/v1/a')];
    const line = encodeSpoolLine({ id: newBatchId(), gatewayId: 'gateway-1', events });
    expect(countsOfSpoolLine(line)).toEqual({
      count: 8,
      requests: 7,
      failures: 2,
      inputTokens: 19,
      outputTokens: 5,
      toolCalls: 1,
      toolFailures: 1,
      again: 7,
    });
  });

  test('of a version that counted no calls of tools still has its totals', () => {
    const line = encodeSpoolLine(batchOf('/v1/a')).replace(' 0 0 {', ' {');
    expect(countsOfSpoolLine(line)).toEqual(countsOfSpoolLine(encodeSpoolLine(batchOf('/v1/a'))));
    expect(decodeSpoolLine(line)).toBeDefined();
  });

  test('that is damaged is no batch', () => {
    const line = encodeSpoolLine(batchOf('/v1/a'));
    expect(decodeSpoolLine('')).toBeUndefined();
    expect(decodeSpoolLine(line.slice(0, 200))).toBeUndefined();
    expect(decodeSpoolLine('gateway-1 1 1 0 0 0 0 {"id":"x"}')).toBeUndefined();
    expect(countsOfSpoolLine('\0\0\0\0')).toBeUndefined();
  });
});
