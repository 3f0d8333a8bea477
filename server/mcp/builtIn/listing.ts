/** A client's conversations by limit and offset. */
import { listConversations } from '../../conversations/listing.ts';
import { isoOf } from '../../present/list.ts';
import type { ListedConversation } from './offers.ts';

type Sources = Parameters<typeof listConversations>[0];

/** Owns nothing: titles that nobody is shown stay sealed. */
const nobody = '\0';

export const createListing =
  (sources: Sources) =>
  async (owner: string, limit: number, offset: number): Promise<ListedConversation[]> => {
    let after: number | undefined;
    if (offset > 0) {
      const passed = { owner, titlesOf: nobody, limit: offset };
      const { next } = await listConversations(sources, passed);
      if (next === null) return [];
      after = next;
    }
    const { data } = await listConversations(sources, {
      owner,
      titlesOf: owner,
      limit,
      ...(after !== undefined && { after }),
    });
    return data.map(({ row, title }) => ({
      id: row.id,
      title: title ?? '',
      created_at: isoOf(row.startedAtMs),
      updated_at: isoOf(row.updatedAtMs),
      message_count: row.messages,
      is_active: row.status !== 'archived',
    }));
  };
