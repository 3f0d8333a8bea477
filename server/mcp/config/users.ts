/** The clients that MCP_USERS_PATH names, with the tools of each: read at the start, and again when the file changes. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parsedObject, readNamedFile } from '../../config/secrets.ts';
import { ConfigError } from '../../config/values.ts';
import type { Logger } from '../../logger.ts';
import { isObject } from '../rpc/message.ts';
import { watchFile } from './watchFile.ts';

export type Users = Readonly<{
  /** Null where there is no list of users; of a client that is not in it: none. */
  toolsOf(clientId: string): readonly string[] | null;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{ path: string | null; isWatched: boolean; logger: Logger }>;

const variable = 'MCP_USERS_PATH';
const shape = '{"client-id": {"name": "…", "allowed_tools": ["*"]}}';
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
  const stopWatching = isWatched ? watchFile({ path, read, logger }) : undefined;

  return {
    toolsOf: (clientId) => users.get(clientId) ?? none,
    async stop() {
      await stopWatching?.();
    },
  };
}
