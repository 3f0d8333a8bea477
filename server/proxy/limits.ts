/** Time limits and budgets of one proxied request: the numbers among the settings. */
import { usualValues, type Values } from '../settings/table.ts';

/** Read where it is needed, never copied: it changes in place. */
export type Limits = Readonly<
  Pick<
    Values,
    | 'attempts'
    | 'transientAttempts'
    | 'transientPauseMs'
    | 'connectMs'
    | 'firstEventMs'
    | 'plainMs'
    | 'deadlineMs'
    | 'stallMs'
    | 'keepAliveMs'
    | 'waitMs'
    | 'waiters'
    | 'maxInFlight'
    | 'bodyLimitBytes'
    | 'bufferedBytes'
    | 'errorBytes'
    | 'drainMs'
    | 'drainGraceMs'
  >
>;

export const usualLimits: Limits = usualValues;
