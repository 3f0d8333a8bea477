/** What lists look like, and the words that all answers share. */
import { t, type TSchema } from 'elysia';

export const nullable = <Schema extends TSchema>(schema: Schema) => t.Union([schema, t.Null()]);

/** ISO 8601, UTC. */
export const isoOf = (timeMs: number): string => new Date(timeMs).toISOString();

const cursor = t.String({ description: 'where /api/live goes on from this answer' });

/** A page: `next` is the `after` of the following one, null at the end. */
export const listOf = <Item extends TSchema, Next extends TSchema>(item: Item, next: Next) =>
  t.Object({ data: t.Array(item), next: nullable(next), cursor });
