/** A read-only handle on the file of the read models that follows it when it is made anew. */
import { Database, SQLiteError } from 'bun:sqlite';
import { drizzle } from 'drizzle-orm/bun-sqlite';
import {
  fileIdentity,
  isDamaged,
  projectionVersion,
  versionOf,
  type ProjectionDatabase,
} from './database.ts';

/** Undefined for a file that is not ready: not finished, of another version, or just being removed. */
function openFinished(path: string): ProjectionDatabase | undefined {
  let client: Database | undefined;
  try {
    client = new Database(path, { readonly: true, strict: true });
    client.run('pragma busy_timeout = 1000');
    if (versionOf(client) === projectionVersion) return drizzle(client);
  } catch (error) {
    const isNotReady = error instanceof SQLiteError && /CANTOPEN|BUSY/.test(error.code ?? '');
    if (!isNotReady && !isDamaged(error)) throw error;
  }
  client?.close();
  return undefined;
}

/** Reads from whatever file stands at the path. */
export function readerOf(path: string) {
  let current: Readonly<{ identity: string; db: ProjectionDatabase }> | undefined;

  function close(): void {
    current?.db.$client.close();
    current = undefined;
  }

  function database(): ProjectionDatabase | undefined {
    const identity = fileIdentity(path);
    if (current && current.identity === identity) return current.db;
    close();
    const db = identity === undefined ? undefined : openFinished(path);
    if (identity !== undefined && db) current = { identity, db };
    return db;
  }

  return {
    /** Answers `otherwise` while there is no file to read from. */
    read<Answer>(query: (db: ProjectionDatabase) => Answer, otherwise: Answer): Answer {
      const db = database();
      if (!db) return otherwise;
      try {
        return query(db);
      } catch (error) {
        if (!isDamaged(error)) throw error;
        close();
        return otherwise;
      }
    },
    close,
  };
}
