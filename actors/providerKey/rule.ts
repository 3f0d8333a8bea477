/** One rule of the judge: when it fits, and what it then says. */
import type { Longest } from './commands.ts';
import type { Retry, Verdict } from './evidence.ts';
import type { Facts } from './facts.ts';

export type Rule = Readonly<{
  /** A `*` at its end stands for where the delay was found, or `no-hint`. */
  id: string;
  when: (facts: Facts) => boolean;
  class: Verdict['class'];
  scope: Verdict['scope'];
  retry: Retry;
  longest?: Longest;
  /** The request was turned away before anything was done: even what creates something may be sent again. */
  atTheDoor?: true;
}>;

/** Touches no key: whoever sent the request has to change it. */
export const callersFault = { class: 'caller', scope: 'caller', retry: 'none' } as const;

/** The vendor only passes on what a vendor behind it said. */
export const isPassedOn = ({ error }: Facts): boolean => typeof error?.passedOn === 'string';
