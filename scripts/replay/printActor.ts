/** Prints what an actor was at a moment of the past. */
import { conversationKind } from '../../actors/conversation/conversation.ts';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import { stateAt, type Moment } from '../../actors/runtime/replay.ts';
import { actorId, isActorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import { kinds } from '../../server/kinds.ts';

/** A sequence of the actor's stream, or a time in any form that `Date` reads; without one the newest event counts. */
export function momentOf(text: string | undefined): Moment {
  if (text === undefined) return { sequence: Number.MAX_SAFE_INTEGER };
  if (/^\d+$/.test(text)) return { sequence: Number(text) };
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) {
    throw new TypeError(
      `--at ${text} is no sequence and no time: write 1234 or 2026-11-20T10:00:00Z`,
    );
  }
  return { timeMs };
}

/** False when the actor had no event then. */
export async function printActor(
  log: EventLog,
  name: string,
  at: string | undefined,
): Promise<boolean> {
  const moment = momentOf(at);
  const [kindName, id, more] = name.split('/');
  const known: readonly AnyActorKind[] = [...kinds, conversationKind];
  const kind = known.find((one) => one.kind === kindName);
  if (!kind || id === undefined || more !== undefined || !isActorId(id)) {
    const names = known.map((one) => one.kind).join(', ');
    throw new TypeError(`--actor ${name} is no actor: write <kind>/<id>, the kind one of ${names}`);
  }
  const past = await stateAt(log, kind, { kind: kind.kind, id: actorId(id) }, moment);
  if (!past) {
    console.error(`${name} had no event${at === undefined ? '' : ` at ${at}`}`);
    return false;
  }
  const { sequence, timeMs, state } = past;
  const time = new Date(timeMs).toISOString();
  const shown = { actor: name, sequence, time, status: state.value, state: state.context };
  console.log(JSON.stringify(shown, null, 2));
  return true;
}
