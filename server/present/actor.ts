/** An actor as the outside reads it: now, or at a moment of the past. */
import { t, type Static } from 'elysia';
import type { AnyMachineSnapshot, StateValue } from 'xstate';
import type { ActorRef, Sequence } from '../../events/event.ts';
import { snakeCased } from './snakeCase.ts';
import { isoOf } from './list.ts';

export const actorSchema = t.Object({
  kind: t.String(),
  id: t.String(),
  sequence: t.Integer({ description: 'of the actor’s newest event: its version' }),
  status: t.String(),
  state: t.Unknown({ description: 'the machine’s own value; a text where it has no parts' }),
  context: t.Record(t.String(), t.Unknown()),
  updated_at: t.Optional(t.String({ format: 'date-time', description: 'time of that event' })),
});
export type PresentedActor = Static<typeof actorSchema>;

/** One word for a state: `resting`, or the parts of a nested one with dots. */
export function statusOf(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([name, inner]) => (inner === undefined ? name : `${name}.${statusOf(inner)}`))
    .join(',');
}

export const presentActor = (
  { kind, id }: ActorRef,
  sequence: Sequence,
  state: AnyMachineSnapshot,
  updatedAtMs?: number,
): PresentedActor => ({
  kind,
  id,
  sequence,
  status: statusOf(state.value as StateValue),
  state: state.value as StateValue,
  context: snakeCased(state.context as object),
  ...(updatedAtMs !== undefined && { updated_at: isoOf(updatedAtMs) }),
});
