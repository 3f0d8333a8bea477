/** Follows a turn wherever it runs: from memory in its own process, from the log in any other and afterwards. */
import type { ConversationState } from '../../actors/conversation/machine.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Current } from '../../actors/runtime/runtime.ts';
import type { NeutralMessage } from '../../events/neutralMessage.ts';
import type { RunningTurns, Told, TurnEvent } from './runningTurns.ts';
import type { Said } from './said.ts';

type Deps = Readonly<{
  open: (id: string, owner: string | null) => Promise<Current<ConversationState>>;
  said: Said;
  running: RunningTurns;
}>;

/** How often the log is asked for a turn that runs in another process, which writes what came once a second. */
const lookEveryMs = 300;

/** What a person reads of it. */
export const textOf = (message: NeutralMessage | null): string =>
  message?.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('') ?? '';

export function createFollow({ open, said, running }: Deps) {
  return async function* follow(
    id: string,
    owner: string | null,
    turnId: string,
    told: Told,
  ): AsyncGenerator<TurnEvent, void> {
    const { asides } = told;
    let { atChars } = told;
    for (;;) {
      // Also tells of a turn whose process is gone.
      const { context } = (await open(id, owner)).state;
      const here = running.get(turnId);
      if (here?.conversationId === id) return yield* here.follow({ atChars, asides });
      const sealed = context.turns.find((turn) => turn.id === turnId);
      const turn = sealed
        ? await said.turn(context, sealed)
        : (await said.turns(context)).find((one) => one.id === turnId);
      if (!turn) throw new Refusal('NOT_FOUND', 'the conversation has no such turn');
      const text = textOf(turn.answer);
      if (text.length > atChars) {
        const delta = { type: 'text', text: text.slice(atChars) } as const;
        atChars = text.length;
        yield { type: 'delta', atChars, asides, delta };
      }
      if (turn.status !== 'running') {
        yield { type: 'end', atChars, asides, turn };
        return;
      }
      await Bun.sleep(lookEveryMs);
    }
  };
}
