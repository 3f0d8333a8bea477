/**
 * Conversations in pages, the one in which something happened last first. SQL knows titles only sealed: those of a page
 * are opened here, and a search by title opens them one after the other, a bounded number for one answer.
 */
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Sequence } from '../../events/event.ts';
import type { EventLog } from '../../events/log.ts';
import { isConversationEvent } from '../../events/projections/controlEvents.ts';
import { foldConversation } from '../../events/projections/conversationFold.ts';
import type { ConversationRow } from '../../events/projections/conversations.ts';
import type { ConversationFilter } from '../../events/projections/readConversations.ts';
import type { ReadModels } from '../../events/projections/readModels.ts';
import { Problem } from '../http/problem.ts';
import type { Conversations } from './conversations.ts';

export type Listed = Readonly<{ row: ConversationRow; title: string | null }>;

export type ListQuery = ConversationFilter &
  Readonly<{
    /** Part of it, in any case. */
    title?: string;
    /** The owner whose titles may be read; null for everybody's. */
    titlesOf: string | null;
  }>;

/** `next` may be there though a page is not full: then so many were looked through. */
export type ListPage = Readonly<{
  data: readonly Listed[];
  next: Sequence | null;
  /** The newest sequence of CONVERSATIONS that is in it. */
  lastSequence: Sequence;
}>;

type Sources = Readonly<{
  log: Pick<EventLog, 'state' | 'readConversations'>;
  readModels: Pick<ReadModels, 'conversations' | 'conversationById' | 'positions'>;
  conversations: Pick<Conversations, 'titleOf'>;
}>;

/** Titles opened for one answer. */
const lookAtMost = 1_000;
const opensAtOnce = 16;
/** Events that the read models may be behind by. */
const unprojectedAtMost = 500;

const fits = (
  row: ConversationRow,
  { owner, model, archived, after }: Omit<ConversationFilter, 'limit'>,
) =>
  row.status !== 'erased' &&
  (owner === undefined || row.owner === owner) &&
  (model === undefined || row.model === model || row.models.includes(model)) &&
  (archived === undefined || (row.status === 'archived') === archived) &&
  (after === undefined || row.sequence < after);

/** Rows as they are with what is in the log and not yet in the read models. */
async function newerRows({ log, readModels }: Sources) {
  const { lastSequence, createdMs } = await log.state('CONVERSATIONS');
  const mark = readModels.positions().find(({ stream }) => stream === 'CONVERSATIONS');
  const projected = mark?.createdMs === createdMs ? mark.sequence : 0;
  if (lastSequence - projected > unprojectedAtMost) {
    const detail =
      'The read models are behind the log or being made anew from it; that happens by itself. Try again shortly.';
    throw new Problem(503, 'READ_MODELS_NOT_READY', detail, { 'retry-after': '2' });
  }
  const rows = new Map<string, ConversationRow>();
  if (projected >= lastSequence) return { rows, lastSequence };
  for (const message of await log.readConversations(projected, lastSequence)) {
    if (!message.ok || !isConversationEvent(message.event)) continue;
    const { id } = message.event.actor;
    const before = rows.get(id) ?? readModels.conversationById(id);
    // The projector goes on meanwhile.
    const isKnown = before !== undefined && before.sequence >= message.event.sequence;
    const after = isKnown ? before : foldConversation(before, message.event);
    if (after) rows.set(id, after);
  }
  return { rows, lastSequence };
}

/** Undefined for one that is being erased. */
async function listed(
  { conversations }: Sources,
  row: ConversationRow,
  titlesOf: string | null,
): Promise<Listed | undefined> {
  if (titlesOf !== null && row.owner !== titlesOf) return { row, title: null };
  try {
    return { row, title: await conversations.titleOf(row) };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'GONE') return undefined;
    throw error;
  }
}

/** @throws {Problem} READ_MODELS_NOT_READY. @throws {LogUnavailable} */
export async function listConversations(sources: Sources, query: ListQuery): Promise<ListPage> {
  const { title, titlesOf, limit, ...filter } = query;
  const newer = await newerRows(sources);
  const wanted = title?.toLowerCase();
  const most = wanted === undefined ? limit : lookAtMost;
  const found = sources.readModels
    .conversations({ ...filter, limit: most + newer.rows.size + 1 })
    .filter(({ id }) => !newer.rows.has(id));
  const rows = [...[...newer.rows.values()].filter((row) => fits(row, filter)), ...found]
    .toSorted((a, b) => b.sequence - a.sequence)
    .slice(0, most + 1);

  const data: Listed[] = [];
  let lastSeen: Sequence | null = null;
  let seen = 0;
  while (seen < Math.min(rows.length, most) && data.length < limit) {
    const some = rows.slice(seen, Math.min(seen + opensAtOnce, most));
    const opened = await Promise.all(some.map((row) => listed(sources, row, titlesOf)));
    for (const [index, one] of opened.entries()) {
      if (data.length >= limit) break;
      seen += 1;
      lastSeen = some[index]?.sequence ?? lastSeen;
      const isWanted = wanted === undefined || one?.title?.toLowerCase().includes(wanted) === true;
      if (one && isWanted) data.push(one);
    }
  }
  const next = seen < rows.length ? lastSeen : null;
  return { data, next, lastSequence: newer.lastSequence };
}
