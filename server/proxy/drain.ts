/** How the request path learns that its gateway is being stopped, and how much of it is still under way. */

export type Drain = {
  /** Answers close their connections from now on, so that no client comes back on one. */
  isDraining: boolean;
  /** Nothing is begun any more, and what failed is not tried again. */
  isOver: boolean;
  /** Proxied requests that have not been recorded yet. */
  inFlight: number;
  /** Answers that go on: each is called when the time is over, and says so to its client. */
  readonly open: Set<() => void>;
};

export const createDrain = (): Drain => ({
  isDraining: false,
  isOver: false,
  inFlight: 0,
  open: new Set(),
});
