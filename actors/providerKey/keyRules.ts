/** Refusals that name the key, its account or its rights. */
import { callersFault, isPassedOn, type Rule } from './rule.ts';

const hourMs = 3_600_000;

const badKey = { class: 'credential', scope: 'key', retry: 'other-key', atTheDoor: true } as const;
const noModel = { class: 'model', scope: 'model', retry: 'other-key', atTheDoor: true } as const;
const usedUp = {
  class: 'quota',
  scope: 'key',
  retry: 'other-key',
  longest: 'day',
  atTheDoor: true,
} as const;

export const quota: readonly Rule[] = [
  {
    // An aggregator's own trouble with the vendor behind it: our key is as good as before.
    id: 'model.passed-on',
    when: (f) => (f.status === 401 || f.status === 402) && isPassedOn(f),
    ...noModel,
  },
  { id: 'quota.payment-required', when: (f) => f.status === 402, ...usedUp },
  {
    id: 'quota.insufficient',
    when: (f) =>
      f.status >= 400 &&
      f.has(
        'insufficient_quota',
        'billing_hard_limit_reached',
        'billing_not_active',
        'insufficient_balance',
        'insufficient_credits',
        'billing_error',
        'exceeded_current_quota_error',
        'arrearage',
      ),
    ...usedUp,
  },
  {
    id: 'quota.credit-balance',
    when: (f) =>
      f.status === 400 &&
      /^(?:Your credit balance is too low|You have reached your specified (?:workspace )?API usage limits)/.test(
        f.said,
      ),
    ...usedUp,
  },
  {
    id: 'quota.spent',
    when: (f) =>
      (f.status === 403 || f.status === 412 || f.status === 429) &&
      /credit balance|(?:spending|spend) (?:cap|limit)|prepayment credits|(?:insufficient|available|any|out of|run out of) (?:credits|balance|funds)|key limit exceeded|out of call volume quota|usage limits?\b/i.test(
        f.said,
      ),
    ...usedUp,
  },
  {
    // A daily quota that names a short delay is a matter of seconds: the name alone is not believed.
    id: 'quota.gemini-per-day',
    when: (f) =>
      f.status === 429 &&
      f.error?.isGoogle === true &&
      (f.delay === null || f.delay.ms > hourMs) &&
      (f.error.quotaIds.some((id) => /per_?day/i.test(id)) || /\bper day\b/i.test(f.message)),
    ...usedUp,
    scope: 'model',
  },
  {
    id: 'quota.per-day',
    when: (f) =>
      f.status === 429 &&
      f.error?.isGoogle !== true &&
      /\bper[ -]day\b|\b[RT]PD\b|\bdaily\b/i.test(f.said),
    ...usedUp,
  },
];

export const credential: readonly Rule[] = [
  {
    id: 'credential.invalid-key',
    when: (f) =>
      (f.status === 401 && (f.has('invalid_api_key') || /\bAPI key\b/i.test(f.said))) ||
      (f.status === 400 && /^(?:Incorrect|Invalid) API key/.test(f.said)),
    ...badKey,
  },
  {
    id: 'credential.gemini-invalid-key',
    when: (f) =>
      (f.status === 400 || f.status === 403) &&
      (f.has('api_key_invalid') || /^API key (?:not valid|expired|not found)/i.test(f.said)),
    ...badKey,
  },
  {
    id: 'credential.blocked',
    when: (f) =>
      (f.status === 400 || f.status === 401 || f.status === 403) &&
      (f.has(
        'consumer_suspended',
        'api_key_service_blocked',
        'api_key_ip_address_blocked',
        'api_key_http_referrer_blocked',
        'service_disabled',
        'account_deactivated',
        'organization_restricted',
      ) ||
        f.said.startsWith('This organization has been disabled')),
    ...badKey,
  },
  {
    id: 'credential.blocked-text',
    // Only words that stand by themselves: the name of a model may hold any of them, and is the caller's.
    when: (f) =>
      f.status === 403 &&
      /\b(?:api[ _-]?key|consumer|account|organization|token)\s(?:.{0,80}\s)?(?:disabled|suspended|leaked|revoked|expired|deactivated)\b|\bdisabled in this account\b|\bproject has been denied access\b/i.test(
        f.said,
      ),
    ...badKey,
  },
  { id: 'credential.unauthorized', when: (f) => f.status === 401, ...badKey },
];

export const forbidden: readonly Rule[] = [
  {
    id: 'model.no-access',
    when: (f) =>
      f.status === 403 &&
      (f.has(
        'model_not_found',
        'model_permission_blocked_org',
        'model_permission_blocked_project',
      ) ||
        /\baccess to (?:the |this )?model\b|\bmodel\b.{0,80}\b(?:not available|not allowed|no access|permission)\b/i.test(
          f.said,
        )),
    ...noModel,
  },
  {
    id: 'permission.denied',
    when: (f) => f.status === 403 && f.has('permission_error', 'permission_denied'),
    class: 'permission',
    scope: 'caller',
    retry: 'other-key',
    atTheDoor: true,
  },
  { id: 'caller.forbidden', when: (f) => f.status === 403, ...callersFault },
];
