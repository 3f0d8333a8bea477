/** How far this gateway has followed the tail of CONTROL. */
import type { Sequence } from '../../events/event.ts';
import type { EventId } from '../../events/ids.ts';
import type { ControlMessage } from '../../events/log.ts';

/** An event that a log can be recognised by. */
export type Newest = Readonly<{ sequence: Sequence; id: EventId }>;

export type Position = Readonly<{
  at(): Sequence;
  /** The newest readable event up to there. */
  newest(): Newest | undefined;
  startAt(sequence: Sequence, newest: Newest | undefined): void;
  /** A message of the tail was applied. */
  passed(message: ControlMessage): void;
  /** Resolves true once everything up to the sequence is applied, false when that takes longer (milliseconds). */
  reached(sequence: Sequence, timeoutMs: number): Promise<boolean>;
}>;

/** At the beginning of the log. */
export function createPosition(): Position {
  let at: Sequence = 0;
  let newest: Newest | undefined;
  const waiting = new Set<() => void>();

  return {
    at: () => at,
    newest: () => newest,
    startAt(sequence, event) {
      at = sequence;
      newest = event;
    },
    passed(message) {
      if (message.ok) newest = { sequence: message.event.sequence, id: message.event.id };
      at = message.ok ? message.event.sequence : message.sequence;
      for (const look of waiting) look();
    },
    async reached(sequence, timeoutMs) {
      if (at >= sequence) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const look = () => at >= sequence && resolve(true);
      const timer =
        timeoutMs === Infinity ? undefined : setTimeout(() => resolve(false), timeoutMs);
      waiting.add(look);
      try {
        return await promise;
      } finally {
        waiting.delete(look);
        clearTimeout(timer);
      }
    },
  };
}
