/** What an answer means, rule by rule: the first that fits decides. The ids are stable: events carry them. */
import type { Facts } from './facts.ts';
import { callerInDisguise, credential, forbidden, quota } from './keyRules.ts';
import { callersFault, type Rule } from './rule.ts';

const transient = { class: 'transient', scope: 'provider', retry: 'same-provider' } as const;
const slowDown = { class: 'rate_limit', retry: 'other-key', atTheDoor: true } as const;

const isConnectFault = ({ transport, phase }: Facts['evidence']): boolean =>
  transport !== null &&
  (phase === 'connect' || transport === 'refused' || transport === 'dns' || transport === 'tls');

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
    id: 'transient.overloaded',
    when: (f) =>
      f.status === 529 ||
      f.has('overloaded_error') ||
      ((f.status === 429 || f.status === 503) && /\boverloaded\b|\bat capacity\b/i.test(f.said)),
    ...transient,
  },
  {
    // Google counts per project and model: another model of the same key may go on.
    id: 'rate-limit.*',
    when: (f) => f.status === 429 && (f.error?.isGoogle || f.evidence.dialect === 'gemini'),
    ...slowDown,
    scope: 'model',
  },
  { id: 'rate-limit.*', when: (f) => f.status === 429, ...slowDown, scope: 'key' },
];

const rest: readonly Rule[] = [
  { id: 'transient.request-timeout', when: (f) => f.status === 408, ...transient },
  { id: 'transient.capacity', when: (f) => f.status === 498, ...transient },
  { id: 'transient.server-error', when: (f) => f.status >= 500, ...transient },
  { id: 'caller.redirect', when: (f) => f.status < 400, ...callersFault },
  {
    id: 'caller.model-not-found',
    when: (f) => f.status === 404 && (f.has('model_not_found') || /\bmodel/i.test(f.said)),
    ...callersFault,
  },
  { id: 'caller.not-found', when: (f) => f.status === 404, ...callersFault },
  { id: 'caller.too-large', when: (f) => f.status === 413, ...callersFault },
];

export const lastRule: Rule = { id: 'caller.bad-request', when: () => true, ...callersFault };

export const rules: readonly Rule[] = [
  ...noAnswer,
  ...callerInDisguise,
  ...quota,
  ...credential,
  ...forbidden,
  ...rateLimit,
  ...rest,
  lastRule,
];
