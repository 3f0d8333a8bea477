/** Whose conversations a caller has, and as whom it asks. */
import type { Caller } from '../access/callers.ts';
import type { Asker } from './asking.ts';

/** An operator has conversations of its own, with whoever comes without a client key; those of clients are theirs. */
export const ownerOf = (caller: Caller): string =>
  caller.kind === 'client' ? caller.client.clientId : '';

/** For what needs no look into it: an operator may do it to anybody's. */
export const ownerOrAny = (caller: Caller): string | null =>
  caller.kind === 'operator' ? null : ownerOf(caller);

export const askerOf = (caller: Caller): Asker => ({
  client: caller.kind === 'client' ? caller.client : null,
  isOperator: caller.kind === 'operator',
});
