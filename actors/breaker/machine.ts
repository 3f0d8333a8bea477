/** How a breaker changes with each fact. No clock, no effect: the same facts give the same state at any time. */
import { assign, initialTransition, setup, type SnapshotFrom } from 'xstate';
import type { BreakerEvent } from '../../events/breaker.ts';

export type BreakerContext = Readonly<{
  /** The newest opening; kept after its end, because one that follows soon doubles the wait. */
  opening: Extract<BreakerEvent, { type: 'BreakerOpened' }>['data'] | null;
  closedAtMs: number | null;
}>;

const initial: BreakerContext = { opening: null, closedAtMs: null };

export const breakerMachine = setup({
  types: {} as { context: BreakerContext; events: BreakerEvent },
}).createMachine({
  id: 'breaker',
  context: initial,
  initial: 'closed',
  on: {
    BreakerOpened: {
      target: '.open',
      actions: assign(({ event: { data } }) => ({ opening: data })),
    },
    BreakerClosed: {
      target: '.closed',
      actions: assign(({ context, event: { data } }) => ({
        // Only a probe says that it is the same provider, and that it may fail again.
        opening: data.cause === 'probe' ? context.opening : null,
        closedAtMs: data.closedAtMs,
      })),
    },
  },
  states: {
    closed: { on: { BreakerClosed: undefined } },
    open: { on: { BreakerHalfOpened: 'half-open' } },
    'half-open': {},
  },
});

export type BreakerState = SnapshotFrom<typeof breakerMachine>;

/** Of a provider that never failed: it has no event. */
export const [closedBreaker]: [BreakerState, ...unknown[]] = initialTransition(breakerMachine);
