/** Refusals that name the key, its account or its rights; and those that only look so. */
import { callersFault, type Rule } from './rule.ts';

const badKey = { class: 'credential', scope: 'key', retry: 'other-key', atTheDoor: true } as const;
const usedUp = {
  class: 'quota',
  scope: 'key',
  retry: 'other-key',
  longest: 'day',
  atTheDoor: true,
} as const;

/** Answers that look like the key's fault and are not. */
export const callerInDisguise: readonly Rule[] = [
  {
    id: 'caller.organization',
    when: (f) =>
      (f.status === 401 || f.status === 403) &&
      (f.has('mismatched_organization', 'mismatched_project', 'invalid_organization') ||
        /^(?:OpenAI-(?:Organization|Project) header|No such (?:organization|project))/.test(
          f.said,
        )),
    ...callersFault,
  },
  {
    id: 'permission.missing-scope',
    when: (f) =>
      (f.status === 401 || f.status === 403) &&
      (f.has('missing_scope') || /\bmissing scopes?:/i.test(f.said)),
    class: 'permission',
    scope: 'caller',
    retry: 'other-key',
    atTheDoor: true,
  },
  {
    // One request above the limit of a whole minute: waiting does not help it, and it says nothing about the key.
    id: 'caller.larger-than-limit',
    when: (f) => f.status === 429 && /^Request too large for\b/.test(f.said),
    ...callersFault,
  },
  {
    id: 'region.unsupported',
    when: (f) =>
      (f.status === 400 || f.status === 403) &&
      (f.has('unsupported_country_region_territory') ||
        /^(?:User location is not supported|Country, region, or territory not supported)/.test(
          f.said,
        )),
    class: 'region',
    scope: 'caller',
    retry: 'none',
  },
];

export const quota: readonly Rule[] = [
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
      (f.status === 403 || f.status === 429) &&
      /credit balance|(?:spending|spend) (?:cap|limit)|prepayment credits|(?:insufficient|available|out of|run out of) (?:credits|balance|funds)|key limit exceeded|out of call volume quota|API usage limits/i.test(
        f.said,
      ),
    ...usedUp,
  },
  {
    // A daily quota that names its delay is a matter of seconds: the name alone is not believed.
    id: 'quota.gemini-per-day',
    when: (f) =>
      f.status === 429 &&
      f.delay === null &&
      f.error?.quotaIds.some((id) => /per_?day/i.test(id)) === true,
    ...usedUp,
    scope: 'model',
  },
  {
    id: 'quota.per-day',
    when: (f) => f.status === 429 && /\bper[ -]day\b|\b[RT]PD\b|\bdaily\b/i.test(f.said),
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
      ) ||
        f.said.startsWith('This organization has been disabled')),
    ...badKey,
  },
  {
    id: 'credential.blocked-text',
    when: (f) =>
      f.status === 403 &&
      /\b(?:api[ _-]?key|consumer|account|organization|token)\b.{0,80}\b(?:disabled|suspended|leaked|revoked|expired|deactivated)\b/i.test(
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
    class: 'model',
    scope: 'model',
    retry: 'other-key',
    atTheDoor: true,
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
