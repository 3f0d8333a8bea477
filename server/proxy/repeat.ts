/** Whether, where and when a failed attempt is followed by another. One budget for the whole request. */
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import type { FailedAttempt } from './attempt.ts';
import type { Detection } from './detect.ts';
import type { Limits } from './limits.ts';
import { isUnsent } from './upstream.ts';

/** `again`: the same target may answer yet. `elsewhere`: another one may. `over`: this was the last word. */
export type Next = 'again' | 'elsewhere' | 'over';

/** What is wrong with the request at this target, and may be right at another. */
const onlyHere = new Set([
  'caller.model-gone',
  'caller.model-not-found',
  'caller.not-found',
  'caller.larger-than-limit',
  'caller.not-streamed',
]);

/** @param transients failures at this target so far that were the provider's, this one included. */
export function nextAfter(
  { verdict, fault }: Pick<FailedAttempt, 'verdict' | 'fault'>,
  endpoint: Detection['endpoint'],
  transients: number,
  limits: Pick<Limits, 'transientAttempts'>,
): Next {
  if (fault === 'aborted') return 'over';
  // What makes something may have made it, once the vendor had the request.
  if (endpoint === 'creation' && fault !== null && !isUnsent(fault)) return 'over';
  // A target that stays silent would be silent again, and the client has waited long.
  if (fault === 'timeout') return 'elsewhere';
  const { retry } = verdict;
  const sameOrOther = transients < limits.transientAttempts ? 'again' : 'elsewhere';
  switch (retry) {
    case 'none':
      return verdict.class === 'region' || onlyHere.has(verdict.ruleId) ? 'elsewhere' : 'over';
    case 'other-key':
      return 'again';
    case 'same-provider':
      return sameOrOther;
    case 'only-if-not-processed':
      return isUnsent(fault) ? sameOrOther : 'over';
    default:
      return retry satisfies never;
  }
}

/** Grows with each failure, jittered so that requests that failed together do not come back together. */
export function pauseMs(verdict: Verdict, transients: number, limits: Limits): number {
  if (verdict.scope !== 'provider') return 0;
  return limits.transientPauseMs * 2 ** (transients - 1) * (0.5 + Math.random());
}
