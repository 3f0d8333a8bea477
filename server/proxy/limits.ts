/** Time limits and budgets of one proxied request. */

export const usualLimits = {
  /** Attempts in all, over every key and provider. */
  attempts: 7,
  /** Attempts at one provider and model that fail with 5xx or on the way. */
  transientAttempts: 3,
  /** Base of the jittered pause before the same provider is asked again. */
  transientPauseMs: 100,
  /** To the first event of a stream. */
  firstEventMs: 60_000,
  /** For a whole plain answer. */
  plainMs: 600_000,
  /** Between two chunks of a stream. */
  stallMs: 120_000,
  /** A silent stream gets a comment after so long. */
  keepAliveMs: 15_000,
  /** A request waits for a resting key at most so long. */
  waitMs: 3_000,
  /** Answers up to here are read whole before they pass; larger ones pass as they come. */
  bufferedBytes: 4 * 1024 * 1024,
  /** So much of a vendor's error is read. */
  errorBytes: 64 * 1024,
} as const;

export type Limits = { readonly [Name in keyof typeof usualLimits]: number };
