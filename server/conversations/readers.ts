/** Who may read what is said in a conversation: its owner, and an operator where the setting says so, which is an event. */
import { operatorKind } from '../../actors/operator/operator.ts';
import type { Cause } from '../../events/event.ts';
import { actorId } from '../../events/ids.ts';
import type { Caller } from '../access/callers.ts';
import type { Services } from '../services.ts';
import { ownerOf } from './viewers.ts';

/** As long as there are no users there is one operator. */
const operator = actorId('admin');

type Sources = Pick<Services, 'runtime' | 'settings'>;

/** True when it may be shown; where that is to be told to the audit log, it was. @throws {LogUnavailable} */
export async function mayRead(
  { runtime, settings }: Sources,
  caller: Caller,
  { id, owner }: Readonly<{ id: string; owner: string }>,
  cause: Cause,
): Promise<boolean> {
  if (owner === ownerOf(caller)) return true;
  if (caller.kind !== 'operator' || !settings.values.operatorsReadConversations) return false;
  const command = { type: 'ReadConversation', conversationId: id, owner } as const;
  await runtime.of(operatorKind).ask(operator, command, cause);
  return true;
}

/** Whose conversation it must be for this caller to read it; null where anybody's will do, which is told to the audit log. */
export async function readableOwner(
  services: Sources & Pick<Services, 'conversations'>,
  caller: Caller,
  id: string,
  cause: Cause,
): Promise<string | null> {
  const own = ownerOf(caller);
  if (caller.kind !== 'operator' || !services.settings.values.operatorsReadConversations)
    return own;
  const { owner } = (await services.conversations.get(id, null)).context;
  return (await mayRead(services, caller, { id, owner }, cause)) ? null : own;
}
