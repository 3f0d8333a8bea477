/** The list as it is read back into the past, with what has changed since. */
import { createMemo, createSignal, untrack, type Accessor } from 'solid-js';
import {
  conversationsThen,
  type ConversationFilter,
  type ConversationRow,
} from '../../live/conversationCommands.ts';
import { newsOf, whenNews } from '../../live/conversationNews.ts';
import { paged, type Paged } from '../../live/paged.ts';

export type Rows = Omit<Paged<ConversationRow>, 'rows'> &
  Readonly<{ rows: Accessor<readonly ConversationRow[]> }>;

/** Changes that come within it are read once. */
const pauseMs = 400;

/** Titles are not told by the stream: after news the first page is read again. */
export function conversationRows(filter: Accessor<ConversationFilter>): Rows {
  const about = createMemo(() => JSON.stringify(filter()));
  const old = paged(about, (_, after) => conversationsThen(filter(), after));
  const [fresh, setFresh] =
    createSignal<Readonly<{ of: string; rows: readonly ConversationRow[] }>>();
  let isDue = false;
  const refresh = async () => {
    isDue = false;
    const of = about();
    const { data } = await conversationsThen(filter()).catch(() => ({ data: undefined }));
    if (data && of === untrack(about)) setFresh({ of, rows: data });
  };
  whenNews(undefined, () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => void refresh(), pauseMs);
  });
  const rows = createMemo(() => {
    const newest = fresh();
    const byId = new Map(old.rows().map((row) => [row.id, row]));
    if (newest?.of === about()) {
      // Those of the first page that are no more in it have been erased, or do not fit any more.
      const last = newest.rows.at(-1)?.sequence ?? 0;
      const changed = new Set(newsOf().map(({ actor_id: id }) => id));
      for (const [id, row] of byId) {
        if (changed.has(id) && row.sequence >= last) byId.delete(id);
      }
      for (const row of newest.rows) byId.set(row.id, row);
    }
    for (const { actor_id: id, type } of newsOf()) {
      if (type === 'ConversationErased') byId.delete(id);
    }
    return [...byId.values()].sort((one, other) => other.sequence - one.sequence);
  });
  return { ...old, rows };
}
