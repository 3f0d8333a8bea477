/** One row per call of an MCP tool, for as long as TRAFFIC keeps its event. */
import { getTableColumns } from 'drizzle-orm';
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Sequence } from '../event.ts';
import { traceIdOf } from '../ids.ts';
import type { McpEra } from '../mcpServer.ts';
import type { Outcome, ToolCalled } from '../traffic.ts';
import type { ProjectionDatabase } from './database.ts';
import { positionOf } from './requests.ts';

export const toolCallTable = sqliteTable('tool_call', {
  n: integer('n').primaryKey(),
  id: text('id').notNull(),
  /** `''` where the call came without a trace: then its own id is one. */
  traceId: text('trace_id').notNull(),
  atMs: integer('at_ms').notNull(),
  client: text('client').notNull(),
  server: text('server').notNull(),
  tool: text('tool').notNull(),
  backend: text('backend').notNull(),
  via: text('via').$type<ToolCalled['data']['via']>().notNull(),
  era: text('era').$type<McpEra>().notNull(),
  outcome: text('outcome').$type<Outcome>().notNull(),
  isError: integer('is_error', { mode: 'boolean' }).notNull(),
  errorCode: integer('error_code'),
  cached: integer('cached', { mode: 'boolean' }).notNull(),
  error: text('error').notNull(),
  startedAtMs: integer('started_at_ms').notNull(),
  durationMs: real('duration_ms').notNull(),
  requestBytes: integer('request_bytes').notNull(),
  responseBytes: integer('response_bytes').notNull(),
});
export type ToolCallRow = typeof toolCallTable.$inferSelect;

type Value = string | number | null;

/** In the order of the table's columns. */
const valuesOf = (n: number, { id, traceId, atMs, data }: ToolCalled): Value[] => [
  n,
  id,
  traceId === traceIdOf(id) ? '' : traceId,
  atMs,
  data.client,
  data.server,
  data.tool,
  data.backend,
  data.via,
  data.era,
  data.outcome,
  data.isError ? 1 : 0,
  data.errorCode,
  data.cached ? 1 : 0,
  data.error,
  data.startedAtMs,
  data.durationMs,
  data.requestBytes,
  data.responseBytes,
];

const columns = Object.values(getTableColumns(toolCallTable)).map((column) => column.name);

/** Projects calls of tools, with a raw statement: Drizzle's insert is a tenth as fast. */
export function toolCalls(db: ProjectionDatabase) {
  const places = columns.map(() => '?').join(',');
  const insert = db.$client.query<unknown, Value[]>(
    `insert into tool_call (${columns.join(',')}) values (${places})`,
  );
  const forget = db.$client.query<unknown, [number, number]>(
    'delete from tool_call where n in (select n from tool_call where n < ? order by n limit ?)',
  );

  return {
    apply(n: number, event: ToolCalled): void {
      insert.run(...valuesOf(n, event));
    },

    /** Drops at most `limit` rows of messages the log has dropped; true when none is left. */
    prune: (before: Sequence, limit: number): boolean =>
      forget.run(positionOf(before, 0), limit).changes < limit,
  };
}
