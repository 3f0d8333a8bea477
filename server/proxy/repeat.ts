/** Whether and when a failed attempt is followed by another. One budget for the whole request. */
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import type { FailedAttempt } from './attempt.ts';
import type { Limits } from './limits.ts';
import { isUnsent } from './upstream.ts';

/** @param transients failures so far that were the provider's, this one included. */
export function mayRepeat(
  { verdict, fault }: FailedAttempt,
  transients: number,
  limits: Limits,
): boolean {
  const { retry } = verdict;
  // A target that stays silent is not asked again: it would be silent again, and the client has waited long.
  if (fault === 'timeout' || fault === 'aborted') return false;
  switch (retry) {
    case 'none':
      return false;
    case 'other-key':
      return true;
    case 'same-provider':
      return transients < limits.transientAttempts;
    case 'only-if-not-processed':
      return isUnsent(fault) && transients < limits.transientAttempts;
    default:
      return retry satisfies never;
  }
}

/** Grows with each failure, jittered so that requests that failed together do not come back together. */
export function pauseMs(verdict: Verdict, transients: number, limits: Limits): number {
  if (verdict.scope !== 'provider') return 0;
  return limits.transientPauseMs * 2 ** (transients - 1) * (0.5 + Math.random());
}
