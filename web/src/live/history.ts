/** The history of an actor as steps: what was, the event, what became of it. By the same fold as everything else. */
import { folds, isKind, type Actor } from './fold/actors.ts';
import type { Data, Fold } from './fold/step.ts';
import type { Event } from './world.ts';

export type Step = Readonly<{ event: Event; from: string; to: string }>;

/**
 * Newest first. A history that does not begin with the actor's first event is folded from what it was before any,
 * which the first event that leads to a state of its own puts right.
 */
export function stepsOf(
  kind: string,
  id: string,
  old: readonly Event[],
  live: readonly Event[],
): readonly Step[] {
  if (!isKind(kind)) return [];
  const bySequence = new Map<number, Event>();
  for (const event of [...old, ...live]) {
    if (event.kind === kind && event.actor_id === id) bySequence.set(event.sequence, event);
  }
  const events = [...bySequence.values()].sort((one, other) => one.sequence - other.sequence);
  const row = folds[kind];
  const fold = row.fold as unknown as Fold<Actor['context']>;
  let stand = { status: row.status, context: row.context as Actor['context'] };
  const steps = events.map((event) => {
    const before = stand;
    stand = fold(before, event.type, (event.data ?? {}) as Data) ?? before;
    return { event, from: before.status, to: stand.status };
  });
  return steps.reverse();
}
