/** What an answer means, rule by rule: the first that fits decides. The ids are stable: events carry them. */
import type { Facts } from './facts.ts';
import { callerRules, refusedBeforehand } from './callerRules.ts';
import { credential, forbidden, quota } from './keyRules.ts';
import { callersFault, isPassedOn, type Rule } from './rule.ts';

const transient = { class: 'transient', scope: 'provider', retry: 'same-provider' } as const;
const slowDown = { class: 'rate_limit', retry: 'other-key', atTheDoor: true } as const;

const isConnectFault = ({ transport, phase }: Facts['evidence']): boolean =>
  transport !== null && phase === 'connect';

const noAnswer: readonly Rule[] = [
  {
    id: 'cancelled.client-left',
    when: ({ evidence }) => evidence.transport === 'aborted',
    class: 'cancelled',
    scope: 'caller',
    retry: 'none',
  },
  {
    id: 'transient.not-connected',
    when: ({ evidence, status }) => status < 300 && isConnectFault(evidence),
    ...transient,
    atTheDoor: true,
  },
  {
    id: 'transient.silent',
    when: ({ evidence, status }) => status < 300 && evidence.transport === 'timeout',
    ...transient,
    retry: 'other-key',
  },
  {
    id: 'transient.cut',
    when: ({ evidence, status }) => status < 300 && evidence.transport !== null,
    ...transient,
  },
  { id: 'ok', when: (f) => f.isOk, class: 'ok', scope: 'caller', retry: 'none' },
  { id: 'transient.no-answer', when: ({ status }) => !(status >= 200), ...transient },
];

const rateLimit: readonly Rule[] = [
  {
    // Cloudflare limits the address that asks, whatever key it asks with.
    id: 'rate-limit.address',
    when: (f) =>
      f.status === 429 && /\berror[ _]code"?:? ?1015\b|\bError 1015\b/i.test(f.evidence.body),
    ...slowDown,
    scope: 'provider',
  },
  {
    id: 'transient.overloaded',
    when: (f) =>
      f.status === 529 ||
      f.has('overloaded_error') ||
      ((f.status === 429 || f.status === 503) && /\boverloaded\b|\bat capacity\b/i.test(f.said)),
    ...transient,
  },
  {
    // Google counts per project and model: another model of the same key may go on. So it may where one model, or
    // one of the vendors behind an aggregator, has no room.
    id: 'rate-limit.*',
    when: (f) =>
      f.status === 429 &&
      (f.error?.isGoogle === true ||
        f.evidence.dialect === 'gemini' ||
        isPassedOn(f) ||
        /\bcapacity (?:exceeded|available) for (?:this )?model\b/i.test(f.said)),
    ...slowDown,
    scope: 'model',
  },
  { id: 'rate-limit.*', when: (f) => f.status === 429, ...slowDown, scope: 'key' },
];

/** Cloudflare did not get through to the vendor: no byte of the request arrived there. */
const neverArrived: ReadonlySet<number> = new Set([521, 523, 525, 526]);

const rest: readonly Rule[] = [
  { id: 'transient.request-timeout', when: (f) => f.status === 408, ...transient },
  { id: 'transient.capacity', when: (f) => f.status === 498, ...transient },
  { id: 'transient.given-up', when: (f) => f.status === 499, ...transient },
  {
    id: 'transient.origin-down',
    when: (f) => neverArrived.has(f.status),
    ...transient,
    atTheDoor: true,
  },
  { id: 'transient.server-error', when: (f) => f.status >= 500, ...transient },
  ...callerRules,
];

export const lastRule: Rule = { id: 'caller.bad-request', when: () => true, ...callersFault };

export const rules: readonly Rule[] = [
  ...noAnswer,
  ...refusedBeforehand,
  ...quota,
  ...credential,
  ...forbidden,
  ...rateLimit,
  ...rest,
  lastRule,
];
