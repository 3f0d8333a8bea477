/** The SQLite file of the read models: opened, brought to today's shape, or thrown away. */
import { Database, SQLiteError } from 'bun:sqlite';
import { drizzle, type BunSQLiteDatabase } from 'drizzle-orm/bun-sqlite';
import { migrate } from 'drizzle-orm/bun-sqlite/migrator';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Raised when rows get another meaning or an event that was unreadable becomes readable: the file is then made
 * again from the log.
 */
export const projectionVersion = 6;

export type ProjectionDatabase = BunSQLiteDatabase & { readonly $client: Database };

const migrationsFolder = join(import.meta.dir, 'migrations');

/** Removes the file and what SQLite keeps beside it. The log still has everything. */
export function discardDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

/** Identifies the file that stands at the path now; undefined when there is none. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

/** True for an error that only another file can mend. */
export const isDamaged = (error: unknown): boolean =>
  error instanceof SQLiteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code ?? '');

/** The version of the rows in an open file; 0 for a file that was not finished. */
export function versionOf(client: Database): number {
  const row = client.query<{ user_version: number }, []>('pragma user_version').get();
  return row?.user_version ?? 0;
}

function open(path: string): ProjectionDatabase {
  const client = new Database(path, { create: true, strict: true });
  try {
    client.run('pragma busy_timeout = 5000');
    // Rows are added at the end, a megabyte at a time: larger pages are fewer writes.
    client.run('pragma page_size = 16384');
    client.run('pragma journal_mode = wal');
    client.run('pragma synchronous = normal');
    return drizzle(client);
  } catch (error) {
    client.close();
    throw error;
  }
}

function openIfCurrent(path: string): ProjectionDatabase | undefined {
  try {
    const db = open(path);
    if (versionOf(db.$client) === projectionVersion) return db;
    db.$client.close();
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
  return undefined;
}

/** Opens the file for writing. One of another version, or a damaged one, is thrown away first. */
export function openDatabase(path: string): ProjectionDatabase {
  mkdirSync(dirname(path), { recursive: true });
  const current = fileIdentity(path) && openIfCurrent(path);
  if (current) {
    migrate(current, { migrationsFolder });
    return current;
  }
  discardDatabase(path);
  const db = open(path);
  migrate(db, { migrationsFolder });
  db.$client.run(`pragma user_version = ${projectionVersion}`);
  return db;
}
