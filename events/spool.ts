/** Batches that wait on disk for the log: segments of lines, each line synced before it counts as kept. */
import { mkdir, open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrafficBatch } from './log.ts';
import { countsOfSpoolLine, encodeSpoolLine } from './spoolLine.ts';
import { addCounts, noTraffic, type TrafficCounts } from './trafficCounts.ts';

const largestSegmentBytes = 4 * 1024 * 1024;
/** What may wait for a disk that does not keep up. */
const maxQueuedBytes = 64 * 1024 * 1024;
const segmentName = /^\d{12}\.spool$/;

type Segment = { readonly name: string; bytes: number };
type Waiting = Readonly<{ line: Buffer; done: PromiseWithResolvers<void> }>;

export type Spool = Readonly<{
  /** Resolves once the batch is on disk. @throws {BatchTooLarge} as the log would. */
  append: (batch: TrafficBatch) => Promise<void>;
  /** The lines of the oldest segment, which nobody else may take or drop until `remove` or `release`. */
  takeOldest: () => Promise<Readonly<{ name: string; lines: readonly string[] }> | undefined>;
  remove: (name: string) => Promise<void>;
  release: () => void;
  bytes: () => number;
  close: () => Promise<void>;
}>;

/**
 * Opens the spool in a folder of its own and finds what an earlier process left there. A process that was killed
 * in the middle of a write leaves half a line at the end of a segment, which is no line. Above `maxBytes` the oldest
 * segment goes and `onDropped` learns what it counted.
 */
export async function openSpool(options: {
  folder: string;
  maxBytes: number;
  onDropped: (counts: TrafficCounts) => void;
  onError: (error: unknown) => void;
}): Promise<Spool> {
  const { folder, maxBytes, onDropped, onError } = options;
  const segmentBytes = Math.min(largestSegmentBytes, Math.ceil(maxBytes / 4));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (name: string) => join(folder, name);

  const names = (await readdir(folder)).filter((name) => segmentName.test(name)).toSorted();
  const segments: Segment[] = await Promise.all(
    names.map(async (name) => ({ name, bytes: (await stat(pathOf(name))).size })),
  );
  let nextNumber = Number.parseInt(names.at(-1) ?? '0', 10) + 1;
  let writing: { segment: Segment; file: FileHandle } | undefined;
  let taken: string | undefined;
  let queue: Waiting[] = [];
  let queuedBytes = 0;
  const bytes = () => segments.reduce((sum, segment) => sum + segment.bytes, 0);

  // One thing at a time happens to the files.
  let chain: Promise<unknown> = Promise.resolve();
  function serially<T>(act: () => Promise<T>): Promise<T> {
    const result = chain.then(act);
    chain = result.catch(() => undefined);
    return result;
  }

  async function openSegment() {
    const name = `${String(nextNumber++).padStart(12, '0')}.spool`;
    const file = await open(pathOf(name), 'ax', 0o600);
    // A new file is not there after a power cut until its folder is synced.
    const directory = await open(folder, 'r');
    await directory.sync();
    await directory.close();
    const segment = { name, bytes: 0 };
    segments.push(segment);
    writing = { segment, file };
    return writing;
  }

  async function closeSegment() {
    const closing = writing;
    writing = undefined;
    await closing?.file.close();
  }

  async function forget(name: string) {
    await rm(pathOf(name), { force: true });
    const index = segments.findIndex((segment) => segment.name === name);
    if (index !== -1) segments.splice(index, 1);
  }

  async function linesOf(name: string): Promise<string[]> {
    const text = await readFile(pathOf(name), 'utf8').catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      // Deleted from outside: waiting for it would hold up all that follow.
      onError(error);
      return '';
    });
    return text.split('\n').slice(0, -1);
  }

  async function dropOldest() {
    while (bytes() > maxBytes) {
      const oldest = segments.find(({ name }) => name !== taken && name !== writing?.segment.name);
      if (!oldest) return;
      const counts = (await linesOf(oldest.name)).map((line) => countsOfSpoolLine(line));
      await forget(oldest.name);
      onDropped(
        counts.reduce<TrafficCounts>((sum, one) => addCounts(sum, one ?? noTraffic), noTraffic),
      );
    }
  }

  /** One write and one sync for all that waits, up to the size of a segment. */
  async function writeGathered() {
    const gathered: Waiting[] = [];
    let gatheredBytes = 0;
    for (const waiting of queue) {
      if (gatheredBytes >= segmentBytes) break;
      gathered.push(waiting);
      gatheredBytes += waiting.line.length;
    }
    queue = queue.slice(gathered.length);
    queuedBytes -= gatheredBytes;
    try {
      const { segment, file } = writing ?? (await openSegment());
      try {
        await file.appendFile(Buffer.concat(gathered.map(({ line }) => line)));
        await file.datasync();
      } catch (error) {
        // What is not promised must not be sent later either, it will be counted as lost.
        await file.truncate(segment.bytes).catch(() => undefined);
        await closeSegment();
        throw error;
      }
      segment.bytes += gatheredBytes;
      if (segment.bytes >= segmentBytes) await closeSegment();
      for (const { done } of gathered) done.resolve();
    } catch (error) {
      for (const { done } of gathered) done.reject(error);
      return;
    }
    // A segment that cannot be dropped now is tried again after the next write.
    await dropOldest().catch(onError);
  }

  async function writeAll() {
    while (queue.length > 0) await writeGathered();
  }

  return {
    async append(batch) {
      const line = Buffer.from(encodeSpoolLine(batch));
      if (queuedBytes + line.length > maxQueuedBytes) {
        throw new Error(`the disk of ${folder} does not keep up with the traffic to be kept`);
      }
      const waiting = { line, done: Promise.withResolvers<void>() };
      queue.push(waiting);
      queuedBytes += line.length;
      if (queue.length === 1) void serially(writeAll);
      await waiting.done.promise;
    },

    takeOldest: () =>
      serially(async () => {
        const oldest = segments[0];
        if (!oldest) return undefined;
        if (oldest.name === writing?.segment.name) await closeSegment();
        const lines = await linesOf(oldest.name);
        taken = oldest.name;
        return { name: oldest.name, lines };
      }),

    remove: (name) =>
      serially(async () => {
        await forget(name);
        taken = undefined;
      }),

    release: () => {
      taken = undefined;
    },

    bytes,
    close: () => serially(closeSegment),
  };
}
