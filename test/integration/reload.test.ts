/** The parts of --reload: seeing that sources changed, and starting a child anew in order. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { keepChild } from '../../server/launcher/child.ts';
import { watchSources } from '../../server/launcher/watchSources.ts';
import { commandLine } from '../support/processes.ts';
import { until } from '../support/until.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-reload-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a burst of changes to sources is told once, with the folders they were in', async () => {
  mkdirSync(join(folder, 'server/deep'), { recursive: true });
  mkdirSync(join(folder, 'events'));
  const told = Promise.withResolvers<ReadonlySet<string>>();
  let times = 0;
  const stop = watchSources(folder, ['server', 'events'], (folders) => {
    times++;
    told.resolve(folders);
  });
  writeFileSync(join(folder, 'server/notes.md'), 'no source');
  writeFileSync(join(folder, 'server/deep/one.ts'), '1');
  writeFileSync(join(folder, 'server/deep/two.ts'), '2');
  expect([...(await told.promise)]).toEqual(['server']);
  expect(times).toBe(1);
  stop();
});

test('a restarted child is stopped and replaced at once', async () => {
  const child = keepChild(
    {
      name: 'projector',
      entry: join(import.meta.dir, '../fixtures/projectorChild.ts'),
      env: {},
      startLimitMs: 10_000,
      stopLimitMs: 5_000,
    },
    pino({ level: 'silent' }),
  );
  await child.start({ type: 'start' });
  const before = child.pid();
  child.restart();
  await until('another process runs', () => child.pid() !== before);
  expect(commandLine(before)).toBe('');
  await child.stop();
  expect(commandLine(child.pid())).toBe('');
});
