/** What is wanted of the conversations: as the address has it, and as the gateway is asked for it. */
import type { ConversationFilter } from '../../live/conversationCommands.ts';

export type Params = { q?: string; owner?: string; show?: string };

export const views = [
  { value: '', text: 'Open' },
  { value: 'archived', text: 'Archived' },
  { value: 'all', text: 'All' },
] as const;

/** Traffic without a client key has no name: an address needs one. */
export const ownOwner = '-';

/** `model:gpt-5 rust`: what has a colon narrows, the rest is looked for in titles. */
export function filterOf({ q = '', owner, show }: Params): ConversationFilter {
  const model = /(?:^|\s)model:(\S+)/.exec(q)?.[1];
  const title = q.replace(/(?:^|\s)model:\S*/, ' ').trim();
  return {
    ...(title !== '' && { title: title.slice(0, 200) }),
    ...(model !== undefined && { model }),
    ...(owner && { owner: owner === ownOwner ? '' : owner }),
    ...(show !== 'all' && { archived: show === 'archived' }),
  };
}
