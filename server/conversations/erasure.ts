/** Erases a conversation: first what makes it readable, then what is large, and last the event that says so. */
import type { ConversationCommand } from '../../actors/conversation/commands.ts';
import type { ConversationContext } from '../../actors/conversation/context.ts';
import type { ConversationState } from '../../actors/conversation/machine.ts';
import type { Current } from '../../actors/runtime/runtime.ts';
import type { SealedContent } from '../../events/conversation.ts';
import type { Cause } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import type { AliveTurns } from './aliveTurns.ts';
import type { Contents } from './contents.ts';
import type { DataKeys } from './dataKeys.ts';
import type { RunningTurns } from './runningTurns.ts';

type Deps = Readonly<{
  keys: DataKeys;
  contents: Contents;
  running: RunningTurns;
  alive: Pick<AliveTurns, 'cancel'>;
  reopen: (id: ActorId) => Promise<Current<ConversationState> | undefined>;
  ask: (id: string, command: ConversationCommand, cause: Cause) => Promise<unknown>;
  now: () => number;
}>;

const lastWordMs = 2_000;

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
export function erasure({ keys, contents, running, alive, reopen, ask, now }: Deps) {
  return async ({ id, state }: Current<ConversationState>, cause: Cause): Promise<void> => {
    const { turns, keyRef } = state.context;
    const last = turns.at(-1);
    if (last?.status === 'running') {
      await alive.cancel(last);
      // A turn that cannot end in time finds nothing that it could be written to.
      await Promise.race([
        running.get(last.id)?.ended.catch(() => undefined),
        Bun.sleep(lastWordMs),
      ]);
    }
    await keys.erase(keyRef);
    // With what the turn left that was just ended.
    const { context } = (await reopen(id))?.state ?? state;
    for (const content of contentsOf(context)) await contents.erase(content);
    await ask(id, { type: 'EraseConversation', nowMs: now() }, cause);
  };
}
