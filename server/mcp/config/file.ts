/** The servers that `mcp_config.json` names: read at the start, and again whenever the file has changed. */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { mcpServerKind } from '../../../actors/mcpServer/mcpServer.ts';
import { Refusal } from '../../../actors/runtime/refusal.ts';
import type { Runtime } from '../../../actors/runtime/runtime.ts';
import type { ActorId } from '../../../events/ids.ts';
import type { Logger } from '../../logger.ts';
import { isObject } from '../rpc/message.ts';
import type { Backends } from '../backends/backends.ts';
import type { NamedPool } from '../backends/written.ts';
import type { McpServers } from '../servers.ts';
import { watchFile } from './watchFile.ts';
import { BadServer, writtenServer, type WrittenServer } from './written.ts';

export type ConfigFile = Readonly<{
  /** Reads it, and watches it from then on. Waits for what it says to be in the log. */
  start(): Promise<void>;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{
  path: string;
  isWatched: boolean;
  servers: McpServers;
  backends: Pick<Backends, 'poolOf' | 'declare'>;
  runtime: Runtime;
  logger: Logger;
}>;

const mostBytes = 4 * 1024 * 1024;

/** The text is no configuration; says where, and never what stands there. */
class BadFile extends Error {
  override readonly name = 'BadFile';
}

/** YAML is JSON and more. Its parser's own words may quote the text: only the place is told. */
async function parsed(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    const at = (error as { linePos?: readonly { line: number; col: number }[] }).linePos?.[0];
    throw new BadFile(
      at ? `it cannot be read at line ${at.line}, column ${at.col}` : 'it cannot be read',
    );
  }
}

/** @throws {BadFile} for the first server that is wrong: a file is taken whole or not at all. */
function serversOf(held: unknown): Map<string, WrittenServer> {
  if (held === null || held === undefined) return new Map();
  const named = isObject(held) ? (held['mcpServers'] ?? held['servers'] ?? {}) : undefined;
  if (!isObject(named)) throw new BadFile('it holds no object "mcpServers"');
  return new Map(
    Object.entries(named).map(([name, value]) => {
      try {
        return [name, writtenServer(value)];
      } catch (error) {
        if (!(error instanceof BadServer)) throw error;
        throw new BadFile(`of the server "${name.slice(0, 60)}" ${error.message}`);
      }
    }),
  );
}

/** The backends that the file and MCP_BACKENDS name together. @throws {BadFile} */
function poolOf(held: unknown, { backends }: Pick<Options, 'backends'>): NamedPool {
  try {
    return backends.poolOf(held);
  } catch (error) {
    if (!(error instanceof BadServer)) throw error;
    throw new BadFile(error.message);
  }
}

export function createConfigFile(options: Options): ConfigFile {
  const { isWatched, servers, backends, runtime, logger } = options;
  const path = resolve(options.path);
  let stopWatching: (() => Promise<void>) | undefined;
  let isStopped = false;

  /** Null where there is no file: no server is named then. */
  const text = async (): Promise<string | null> => {
    try {
      const { size } = await stat(path);
      if (size > mostBytes) throw new BadFile(`it is larger than ${mostBytes} bytes`);
      return await readFile(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  };

  const cause = () => ({
    ...runtime.ownCause(),
    by: { kind: 'file', id: basename(path) } as const,
  });
  const mustNotBeBuiltIn = (id: ActorId) => {
    const state = runtime.of(mcpServerKind).get(id)?.state;
    if (state?.value === 'removed' || state?.context.source !== 'built-in') return;
    throw new Refusal(
      'INVALID',
      'the gateway has this one itself; MCP_BUILT_IN=false leaves it out',
    );
  };
  const apply = async (named: ReadonlyMap<string, WrittenServer>) => {
    const ids = new Set<ActorId>();
    for (const [name, written] of named) {
      try {
        const id = servers.idOf(name);
        if (ids.has(id)) throw new Refusal('INVALID', `another server is called "${id}" already`);
        mustNotBeBuiltIn(id);
        ids.add(id);
        if (await servers.declare(name, written, 'file', cause()))
          logger.info({ server: id }, 'an MCP server of the file was taken over');
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        logger.error({ path, server: name, reason: error.message }, 'an MCP server was left out');
      }
    }
    await servers.leaveAllBut(ids, 'file', cause());
  };

  const read = async () => {
    try {
      const found = await text();
      const held = found === null ? undefined : await parsed(found);
      const named = serversOf(held);
      const pool = poolOf(held, options);
      await apply(named);
      await backends.declare(pool, cause());
    } catch (error) {
      const reason = error instanceof BadFile ? error.message : undefined;
      logger.error(
        { path, ...(reason === undefined ? { error } : { reason }) },
        'the file of MCP servers changes nothing',
      );
    }
  };
  return {
    async start() {
      await read();
      if (isWatched && !isStopped) stopWatching = watchFile({ path, read, logger });
    },
    async stop() {
      isStopped = true;
      await stopWatching?.();
    },
  };
}
