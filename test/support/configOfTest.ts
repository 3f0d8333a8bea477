/** The configuration as a start reads it, in a folder of its own for each test of a file. */
import { afterEach, beforeEach } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../server/config.ts';

export type Env = Record<string, string>;

/** To be called once, at the top of a file. */
export function configOfTest() {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const read = (env: Env = {}, flags = {}): Config =>
    readConfig({ DATA_DIR: join(folder, 'data'), ...env }, flags);
  const errorOf = (env: Env, flags = {}): string => {
    try {
      read(env, flags);
    } catch (error) {
      return String(error);
    }
    return 'no error';
  };
  return {
    read,
    /** What stops the start. */
    errorOf,
    /** A path in the test's folder. */
    pathOf: (...names: string[]): string => join(folder, ...names),
  };
}
