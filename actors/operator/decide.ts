/** What a login, a logout, a wrong password or a look at what a client said leads to: one event, nothing, or a refusal. */
import type { OperatorEvent } from '../../events/operator.ts';
import { Refusal } from '../runtime/refusal.ts';
import type { FailLogin, OperatorCommand } from './commands.ts';
import { addressBlockMs, allBlockMs, countAll, countOf, failuresOf } from './failures.ts';
import type { OperatorState } from './machine.ts';

/**
 * Until when a try from this address is answered without looking at its password; in the past when it is not. An
 * address that logged in before answers for its own failures only, so guessing from elsewhere never locks it out.
 */
export function blockedUntilMs({ context }: OperatorState, address: string): number {
  const own = failuresOf(context.failures, address)?.blockedUntilMs ?? 0;
  if (context.knownAddresses.includes(address)) return own;
  return Math.max(own, context.all.blockedUntilMs);
}

/** True for a session that was logged out. */
export const isEnded = ({ context }: OperatorState, sessionId: string): boolean =>
  Object.hasOwn(context.endedSessions, sessionId);

export function decide(command: OperatorCommand, state: OperatorState): OperatorEvent | null {
  switch (command.type) {
    case 'LogIn': {
      const { sessionId, address, nowMs, expiresAtMs } = command;
      const waitMs = blockedUntilMs(state, address) - nowMs;
      if (waitMs > 0) {
        const waitSeconds = Math.ceil(waitMs / 1_000);
        throw new Refusal('BLOCKED', `too many wrong passwords; try again in ${waitSeconds} s`);
      }
      return { type: 'OperatorLoggedIn', data: { sessionId, address, expiresAtMs } };
    }
    case 'LogOut': {
      const { sessionId, expiresAtMs } = command;
      if (isEnded(state, sessionId)) return null;
      return { type: 'OperatorLoggedOut', data: { sessionId, expiresAtMs } };
    }
    case 'FailLogin':
      return failLogin(command, state);
    case 'ReadRequestBody':
      return { type: 'RequestBodyRead', data: { requestId: command.requestId } };
    case 'ReadConversation': {
      const { conversationId, owner } = command;
      return { type: 'ConversationRead', data: { conversationId, owner } };
    }
    default:
      return command satisfies never;
  }
}

/** Counts also a failure that was checked while another one led to a block: tries at the same time gain nothing. */
function failLogin({ address, nowMs }: FailLogin, { context }: OperatorState): OperatorEvent {
  const atMs = Math.round(nowMs);
  const ownBlockMs = addressBlockMs(countOf(context.failures, address, atMs));
  const all = allBlockMs(countAll(context.all, atMs).count);
  return {
    type: 'OperatorLoginFailed',
    data: {
      address,
      atMs,
      addressBlockedUntilMs: ownBlockMs === 0 ? 0 : atMs + ownBlockMs,
      allBlockedUntilMs: all === 0 ? 0 : atMs + all,
    },
  };
}
