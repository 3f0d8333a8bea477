/** Whether a refusal lengthens a rest, and to when. The same rules hold for a key and for one of its models. */
import { backoffMs, clampHintMs } from './backoff.ts';
import type { RestProviderKey } from './commands.ts';
import type { Rest } from './context.ts';

/** A rest is not written down again for less than this. */
const worthWritingMs = 1_000;

type Refused = Pick<
  RestProviderKey,
  'nowMs' | 'hintMs' | 'longest' | 'ruleId' | 'reason' | 'byOperator'
>;

/**
 * The rest that a refusal leads to, or null when the present one covers it. A deadline only moves later, except by an
 * operator. `strikes` are the guessed rests so far.
 */
export function nextRest(refused: Refused, present: Rest | null, strikes: number): Rest | null {
  const { nowMs, hintMs, longest, ruleId, reason } = refused;
  const running = present !== null && nowMs < present.untilMs ? present : null;
  // Requests that were under way when the rest began say again what is known: they are no further strike.
  if (hintMs === null && running?.ruleId === ruleId && !refused.byOperator) return null;

  const guessed = hintMs === null;
  // Hours double only for one and the same quota, not because seconds were doubled before.
  const inARow = longest === 'hour' || present?.ruleId === ruleId ? strikes : 0;
  const strike = guessed ? Math.max(1, running?.guessed ? inARow : inARow + 1) : 0;
  const untilMs =
    Math.round(nowMs) + (guessed ? backoffMs(strike, longest) : clampHintMs(hintMs, longest));

  if (present) {
    const laterMs = untilMs - present.untilMs;
    if ((refused.byOperator ? Math.abs(laterMs) : laterMs) < worthWritingMs) return null;
  }
  return { untilMs, ruleId, reason, guessed, strikes: strike };
}
