/** Lists in pages, in the order of their ids. */
import { t } from 'elysia';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { cursorText } from '../live/cursor.ts';

export const pageQuery = {
  limit: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 100,
      error: 'limit is a whole number from 1 to 1,000',
    }),
  ),
  after: t.Optional(t.String({ maxLength: 100, description: 'the id that the page begins after' })),
};

type PageQuery = Readonly<{ limit?: number; after?: string }>;

const byId = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1);

/** `present` is called for the items of the page only. */
export function pageOf<Item extends { id: string }, Presented>(
  items: Iterable<Item>,
  { limit = 100, after = '' }: PageQuery,
  present: (item: Item) => Presented,
  runtime: Runtime,
) {
  // Before the items are read: what changes meanwhile is then in the stream after the cursor.
  const cursor = cursorText({ control: runtime.position() });
  const rest = [...items].filter(({ id }) => id > after).sort(byId);
  const page = rest.slice(0, limit);
  const next = rest.length > limit ? (page.at(-1)?.id ?? null) : null;
  return { data: page.map(present), next, cursor };
}
