/** The clients that MCP_USERS_PATH names, with the tools of each: read at the start, and again when the file changes. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FSWatcher } from 'chokidar';
import { parsedObject, readNamedFile } from '../../config/secrets.ts';
import { ConfigError } from '../../config/values.ts';
import type { Logger } from '../../logger.ts';
import { isObject } from '../rpc/message.ts';

export type Users = Readonly<{
  /** Null where there is no list of users; of a client that is not in it: none. */
  toolsOf(clientId: string): readonly string[] | null;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{ path: string | null; isWatched: boolean; logger: Logger }>;

const variable = 'MCP_USERS_PATH';
const shape = '{"client-id": {"name": "…", "allowed_tools": ["*"]}}';
const debounceMs = 1_000;
const mostBytes = 4 * 1024 * 1024;
const mostGlobs = 1_000;
const none: readonly string[] = [];

const isGlobs = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length <= mostGlobs &&
  value.every((one) => typeof one === 'string' && one.length > 0 && one.length <= 300);

/** @throws {ConfigError} for the first entry that is wrong: a file is taken whole or not at all. */
function usersOf(text: string, path: string): ReadonlyMap<string, readonly string[]> {
  const held = parsedObject(text);
  if (!held) throw new ConfigError(`${variable}: ${path} holds no JSON object: write ${shape}`);
  return new Map(
    Object.entries(held).map(([clientId, user]) => {
      const globs = isObject(user) ? (user['allowed_tools'] ?? none) : undefined;
      if (isGlobs(globs)) return [clientId, globs];
      throw new ConfigError(
        `${variable}: in ${path} the client "${clientId.slice(0, 60)}" has no list allowed_tools of at most ${mostGlobs} names such as "filesystem_*": write ${shape}`,
      );
    }),
  );
}

/** @throws {ConfigError} at the start; later a broken file changes nothing, and the log says why. */
export function openUsers({ path: named, isWatched, logger }: Options): Users {
  if (named === null) return { toolsOf: () => null, stop: async () => {} };
  const path = resolve(named);
  let users = usersOf(readNamedFile(path, variable), path);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading: Promise<void> = Promise.resolve();
  let isStopped = false;

  const read = async () => {
    try {
      const { size } = await stat(path);
      if (size > mostBytes)
        throw new ConfigError(`${variable}: ${path} is larger than ${mostBytes} bytes`);
      users = usersOf(await readFile(path, 'utf8'), path);
      logger.info({ path, users: users.size }, 'the list of MCP users was read');
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'it cannot be read';
      logger.error({ path, reason }, 'the list of MCP users stays as it was');
    }
  };
  const readAgain = () => {
    if (!isStopped) reading = reading.then(read);
  };

  let watcher: FSWatcher | undefined;
  /** Nobody waits for it: what was written since the file was read is read once it stands. */
  const watchFolder = async () => {
    const { watch } = await import('chokidar');
    if (isStopped) return;
    // Its folder: editors and volumes put another file in its place.
    watcher = watch(dirname(path), {
      depth: 0,
      ignoreInitial: true,
      ignored: (seen) => resolve(seen) !== dirname(path) && resolve(seen) !== path,
    });
    watcher.on('all', () => {
      clearTimeout(timer);
      timer = setTimeout(readAgain, debounceMs);
    });
    watcher.on('error', (error) => logger.warn({ error, path }, 'the file cannot be watched'));
    watcher.once('ready', readAgain);
  };
  const watching = isWatched ? watchFolder() : undefined;

  return {
    toolsOf: (clientId) => users.get(clientId) ?? none,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await watching;
      await watcher?.close();
      await reading;
    },
  };
}
