/** Queries over conversations. */
import { and, desc, eq, gt, lt, ne, sql } from 'drizzle-orm';
import type { Sequence } from '../event.ts';
import { conversationTable, type ConversationRow } from './conversations.ts';
import type { ProjectionDatabase } from './database.ts';

export type ConversationFilter = Readonly<{
  owner?: string;
  /** One that was asked for or answered in it, or is what its turns are asked of. */
  model?: string;
  archived?: boolean;
  /** The sequence of the last row seen. */
  after?: Sequence;
  limit: number;
}>;

const t = conversationTable;

/** Those that are not erased, the one in which something happened last first. */
export const conversationsOf = (
  db: ProjectionDatabase,
  { owner, model, archived, after, limit }: ConversationFilter,
): ConversationRow[] =>
  db
    .select()
    .from(t)
    .where(
      and(
        ne(t.status, 'erased'),
        owner === undefined ? undefined : eq(t.owner, owner),
        model === undefined
          ? undefined
          : sql`(${t.model} = ${model} or exists (select 1 from json_each(${t.models}) where value = ${model}))`,
        archived === undefined ? undefined : (archived ? eq : ne)(t.status, 'archived'),
        after === undefined ? undefined : lt(t.sequence, after),
      ),
    )
    .orderBy(desc(t.sequence))
    .limit(limit)
    .all();

export const conversationOf = (db: ProjectionDatabase, id: string): ConversationRow | undefined =>
  db.select().from(t).where(eq(t.id, id)).get();

/** By their ids, erased ones too: they are actors still. */
export const conversationsById = (
  db: ProjectionDatabase,
  { owner, after, limit }: Readonly<{ owner?: string; after: string; limit: number }>,
): ConversationRow[] =>
  db
    .select()
    .from(t)
    .where(and(gt(t.id, after), owner === undefined ? undefined : eq(t.owner, owner)))
    .orderBy(t.id)
    .limit(limit)
    .all();
