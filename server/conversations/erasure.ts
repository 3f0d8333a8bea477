/** Erases a conversation: first what makes it readable, then what is large, and last the event that says so. */
import type { ConversationCommand } from '../../actors/conversation/commands.ts';
import type { ConversationContext } from '../../actors/conversation/context.ts';
import type { ConversationState } from '../../actors/conversation/machine.ts';
import type { Current } from '../../actors/runtime/runtime.ts';
import type { SealedContent } from '../../events/conversation.ts';
import type { Cause } from '../../events/event.ts';
import type { Contents } from './contents.ts';
import type { DataKeys } from './dataKeys.ts';
import type { RunningTurns } from './runningTurns.ts';

type Deps = Readonly<{
  keys: DataKeys;
  contents: Contents;
  running: RunningTurns;
  ask: (id: string, command: ConversationCommand, cause: Cause) => Promise<unknown>;
  now: () => number;
}>;

const contentsOf = ({ title, systemPrompt, inherited, turns }: ConversationContext) =>
  [
    title,
    systemPrompt,
    inherited?.history,
    ...turns.flatMap(({ question, answer, parts, fault }) => [
      question,
      answer,
      ...parts,
      fault?.kind === 'failed' ? fault.reason : null,
    ]),
  ].filter((content): content is SealedContent => Boolean(content));

/** Each step may be done again: what broke off in between is finished by whoever erases it next. */
export function erasure({ keys, contents, running, ask, now }: Deps) {
  return async ({ id, state }: Current<ConversationState>, cause: Cause): Promise<void> => {
    running.of(id)?.cancel('cancelled');
    const { context } = state;
    await keys.erase(context.keyRef);
    for (const content of contentsOf(context)) await contents.erase(content);
    await ask(id, { type: 'EraseConversation', nowMs: now() }, cause);
  };
}
