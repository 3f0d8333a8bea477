/** What can be asked of a provider's breaker. Time arrives in the command. */
import type { BreakerEvent } from '../../events/breaker.ts';

/** A process saw the provider fail too often in a row, or fail its probe. */
export type OpenBreaker = Readonly<{
  type: 'OpenBreaker';
  nowMs: number;
  /** What the operator allows for the longest wait. */
  recoveryTimeoutMs: number;
  ruleId: string;
  reason: string;
}>;

/** A probe was answered, an operator says so, or the provider is another one now. */
export type CloseBreaker = Readonly<{
  type: 'CloseBreaker';
  nowMs: number;
  cause: Extract<BreakerEvent, { type: 'BreakerClosed' }>['data']['cause'];
}>;

/** The deadline rings. */
export type WakeBreaker = Readonly<{ type: 'WakeBreaker'; nowMs: number }>;

export type BreakerCommand = OpenBreaker | CloseBreaker | WakeBreaker;
