/** Recorded bodies without a store: sealed, opened, bounded, dropped. */
import { describe, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { maxBodyMessageBytes, type BodyStore } from '../../events/bodies.ts';
import { LogUnavailable } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { createCollector } from '../../server/bodies/collect.ts';
import { createDayKeys, dayKeyPrefix } from '../../server/bodies/dayKeys.ts';
import {
  dayOfSealed,
  openPart,
  recordedAtMost,
  sealPart,
  type RecordedPart,
} from '../../server/bodies/seal.ts';
import { createBodyWriter } from '../../server/bodies/writer.ts';
import { startCore } from '../support/core.ts';
import { memoryVault } from '../support/memoryVault.ts';

const dayMs = 24 * 3_600_000;
const noonMs = Date.parse('2026-11-20T12:00:00Z');
const key = { day: '2026-11-20', key: randomBytes(32) };
const part = (body: Uint8Array): RecordedPart => ({
  contentType: 'text/plain',
  contentEncoding: '',
  bodyBytes: body.byteLength,
  body,
});
const words = part(Buffer.from('what was said'));

describe('A sealed body', () => {
  test('opens with the key of its day, and says which day that is', () => {
    const sealed = sealPart(key, 'request-1', 'request', words);
    expect(dayOfSealed(sealed)).toBe('2026-11-20');
    expect(openPart(key, 'request-1', 'request', sealed)).toEqual(words);
    expect(Buffer.from(sealed).includes('said')).toBe(false);
  });

  test('does not open for another request, as the other part, with another key or a changed bit', () => {
    const sealed = sealPart(key, 'request-1', 'request', words);
    const changed = Buffer.from(sealed);
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect(() => openPart(key, 'request-2', 'request', sealed)).toThrow();
    expect(() => openPart(key, 'request-1', 'response', sealed)).toThrow();
    expect(() =>
      openPart({ ...key, key: randomBytes(32) }, 'request-1', 'request', sealed),
    ).toThrow();
    expect(() => openPart(key, 'request-1', 'request', changed)).toThrow();
  });

  test('fits into one message also when nothing about it can be packed', () => {
    const sealed = sealPart(key, 'request-1', 'request', part(randomBytes(recordedAtMost)));
    expect(sealed.byteLength).toBeLessThan(maxBodyMessageBytes);
  });
});

describe('The key of a day', () => {
  test('is one for all who record on it, and another on the next day', async () => {
    let nowMs = noonMs;
    const vault = memoryVault(() => nowMs);
    const [one, other] = [createDayKeys(vault, () => nowMs), createDayKeys(vault, () => nowMs)];
    const [mine, theirs] = await Promise.all([one.ofToday(), other.ofToday()]);
    expect(mine).toEqual(theirs);
    nowMs += dayMs;
    expect((await one.ofToday()).key).not.toEqual(mine.key);
    expect(await one.of('2026-11-20')).toEqual(mine);
  });

  test('is erased when its whole day is older than bodies are kept, and other secrets stay', async () => {
    let nowMs = noonMs;
    const vault = memoryVault(() => nowMs);
    await vault.put('openai-1.abc', 'https://one.example', 'a key');
    const keys = createDayKeys(vault, () => nowMs);
    for (let day = 0; day < 4; day += 1) {
      await keys.ofToday();
      nowMs += dayMs;
    }
    expect(await keys.eraseOlder(2 * dayMs)).toBe(1);
    expect([...vault.secrets.keys()]).toEqual([
      'openai-1.abc',
      ...['21', '22', '23'].map((day) => `${dayKeyPrefix}2026-11-${day}`),
    ]);
    expect(await keys.of('2026-11-20')).toBeUndefined();
  });
});

test('The key of a day is not swept away with the secrets that no provider key refers to', async () => {
  let nowMs = noonMs;
  const vault = memoryVault(() => nowMs);
  const core = await startCore({ log: memoryLog(), vault, now: () => nowMs });
  await vault.put('nobody-1.abc', 'https://one.example', 'forgotten');
  await createDayKeys(vault, () => nowMs).ofToday();
  nowMs += 3_600_000;
  expect(await core.providerKeys.sweep()).toBe(1);
  expect([...vault.secrets.keys()]).toEqual([`${dayKeyPrefix}2026-11-20`]);
  await core.stop();
});

describe('Collecting an answer', () => {
  const streamOf = (...chunks: Uint8Array[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });

  test('passes all of it and keeps its beginning', async () => {
    const chunks = [Buffer.alloc(700_000, 'a'), Buffer.alloc(700_000, 'b'), Buffer.from('c')];
    let kept: RecordedPart | undefined;
    const passed = await createCollector().collect(
      new Response(streamOf(...chunks), { headers: { 'content-type': 'text/plain' } }),
      false,
      (answer) => (kept = answer),
    );
    expect(await passed.text()).toBe(Buffer.concat(chunks).toString());
    expect(kept?.bodyBytes).toBe(1_400_001);
    expect(kept?.body).toEqual(Buffer.concat(chunks).subarray(0, recordedAtMost));
  });

  test('of very many at once keeps less rather than more memory, and gives it back', async () => {
    const collector = createCollector();
    const whole = Buffer.alloc(recordedAtMost, 'a');
    const kept: number[] = [];
    const collect = () =>
      collector.collect(new Response(streamOf(whole, whole)), false, ({ body }) =>
        kept.push(body.byteLength),
      );
    const open: ReadableStreamDefaultReader<Uint8Array>[] = [];
    for (let count = 0; count < 100; count += 1) {
      const reader = (await collect()).body!.getReader();
      await reader.read();
      open.push(reader);
    }
    await Promise.all(open.map((reader) => reader.cancel()));
    const all = kept.reduce((sum, bytes) => sum + bytes, 0);
    expect(all).toBe(64 * 1024 * 1024);
    await (await collect()).arrayBuffer();
    expect(kept.at(-1)).toBe(recordedAtMost);
  });
});

describe('Writing', () => {
  const storeThat = (put: BodyStore['put']): BodyStore => ({
    put,
    get: () => Promise.resolve(undefined),
    keepFor: () => Promise.resolve(),
  });
  const writerWith = (put: BodyStore['put'], isConnected = () => true) => {
    const errors: unknown[] = [];
    const dayKeys = createDayKeys(memoryVault(), () => noonMs);
    const onError = (error: unknown) => errors.push(error);
    const writer = createBodyWriter({
      store: storeThat(put),
      dayKeys,
      log: { isConnected },
      onError,
    });
    return { writer, errors };
  };
  const request = (id: string) => ({ id, request: words, response: words });

  test('puts both parts of every request under its id', async () => {
    const puts: string[] = [];
    const { writer } = writerWith((id, which) => {
      puts.push(`${id} ${which}`);
      return Promise.resolve();
    });
    for (let count = 0; count < 100; count += 1) writer.add(request(`request-${count}`));
    await writer.flush();
    expect(new Set(puts).size).toBe(200);
    expect(writer.stats()).toEqual({ recorded: 100, dropped: 0 });
  });

  test('drops and counts what the store does not take, and goes on', async () => {
    let isAway = true;
    const { writer, errors } = writerWith(() =>
      isAway ? Promise.reject(new LogUnavailable('away')) : Promise.resolve(),
    );
    writer.add(request('request-1'));
    await writer.flush();
    isAway = false;
    writer.add(request('request-2'));
    await writer.flush();
    expect(writer.stats()).toEqual({ recorded: 1, dropped: 1 });
    expect(errors).toHaveLength(1);
  });

  test('holds nothing back for a log that is away', async () => {
    const { writer } = writerWith(
      () => Promise.resolve(),
      () => false,
    );
    writer.add(request('request-1'));
    await writer.flush();
    expect(writer.stats()).toEqual({ recorded: 0, dropped: 1 });
  });

  test('drops what does not fit into the memory it may take', async () => {
    const { writer } = writerWith(() => Promise.resolve());
    const large = part(new Uint8Array(recordedAtMost));
    for (let count = 0; count < 50; count += 1) {
      writer.add({ id: `request-${count}`, request: large, response: large });
    }
    await writer.flush();
    expect(writer.stats()).toEqual({ recorded: 33, dropped: 17 });
  });
});
