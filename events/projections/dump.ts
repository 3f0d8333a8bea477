/** The rows of a file in canonical order, as counts and hashes: two files with the same rows have the same. */
import type { Database } from 'bun:sqlite';
import type { Sequence } from '../event.ts';
import { positionOf } from './requests.ts';

export type TableDump = Readonly<{ table: string; rows: number; sha256: string }>;

/** The time from which on all traffic is still in the log; -1 where nothing was dropped. */
const sinceWhole =
  `(case when ?1 <= ${positionOf(1, 0)} then -1 ` +
  'else ifnull((select min(at_ms) from request where n >= ?1), 0) end)';

/** Each table with its order; `?` is the first message that TRAFFIC still has, where older rows are kept no longer. */
const tables = [
  {
    table: 'batch',
    query: 'select * from batch where sequence >= ? order by id',
    bound: (first: Sequence) => first,
  },
  { table: 'checkpoint', query: 'select stream, sequence, unreadable from checkpoint order by 1' },
  { table: 'conversation', query: 'select * from conversation order by id' },
  {
    table: 'conversation_event',
    query: 'select * from conversation_event order by sequence',
  },
  { table: 'daily_stats', query: 'select * from daily_stats order by 1, 2, 3, 4, 5' },
  { table: 'daily_tools', query: 'select * from daily_tools order by 1, 2, 3, 4' },
  { table: 'day', query: 'select * from day order by day' },
  { table: 'day_part', query: 'select * from day_part order by day, part' },
  {
    table: 'dropped_traffic',
    query: 'select * from dropped_traffic where n >= ? order by n',
    bound: (first: Sequence) => positionOf(first, 0),
  },
  { table: 'event_index', query: 'select * from event_index order by sequence' },
  // Of a step whose first messages are gone the log cannot tell all any more.
  {
    table: 'key_hour',
    query: `select * from key_hour where hour > ${sinceWhole} / 3600000 order by hour, key_id`,
    bound: (first: Sequence) => positionOf(first, 0),
  },
  {
    table: 'minute',
    query: `select * from minute where minute > ${sinceWhole} / 60000 order by minute`,
    bound: (first: Sequence) => positionOf(first, 0),
  },
  { table: 'provider_key', query: 'select * from provider_key order by id' },
  {
    table: 'request',
    query: 'select * from request where n >= ? order by n',
    bound: (first: Sequence) => positionOf(first, 0),
  },
  {
    table: 'request_time',
    query: 'select * from request_time where sequence >= ? order by bucket, sequence',
    bound: (first: Sequence) => first,
  },
  {
    table: 'tool_call',
    query: 'select * from tool_call where n >= ? order by n',
    bound: (first: Sequence) => positionOf(first, 0),
  },
] as const;

/** Every read model of an open file. `firstTraffic` is the first sequence that TRAFFIC still has. */
export function dump(client: Database, firstTraffic: Sequence): TableDump[] {
  return tables.map((one) => {
    const hash = new Bun.CryptoHasher('sha256');
    const statement = client.query<object, number[]>(one.query);
    const bounds = 'bound' in one ? [one.bound(firstTraffic)] : [];
    let rows = 0;
    for (const row of statement.iterate(...bounds)) {
      hash.update(`${JSON.stringify(row)}\n`);
      rows += 1;
    }
    return { table: one.table, rows, sha256: hash.digest('hex') };
  });
}
