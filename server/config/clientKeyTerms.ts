/** What a client key of the file may do: optional fields beside its client. */

export type ClientKeyTerms = Readonly<{
  models: string[] | null;
  allowedTools: string[] | null;
  /** Epoch. */
  expiresAtMs: number | null;
  requestsPerMinute: number | null;
  burst: number | null;
  maxConcurrent: number | null;
}>;

export const noTerms: ClientKeyTerms = {
  models: null,
  allowedTools: null,
  expiresAtMs: null,
  requestsPerMinute: null,
  burst: null,
  maxConcurrent: null,
};

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
const isGlobs = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => typeof one === 'string' && /^[\u0021-\u007e]{1,200}$/.test(one));

const isTools = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.every((one) => typeof one === 'string' && one.length > 0 && one.length <= 300);

/** The terms, or which field is at fault and what it takes. */
export function clientKeyTermsOf(
  given: Readonly<Record<string, unknown>>,
): ClientKeyTerms | string {
  const { models = null, allowed_tools = null, expires_at = null } = given;
  const { requests_per_minute = null, burst = null, max_concurrent = null } = given;
  const expiresAtMs = typeof expires_at === 'string' ? Date.parse(expires_at) : null;
  if (models !== null && !isGlobs(models))
    return 'models must be a list of names such as ["gpt-*"]; they are not';
  if (allowed_tools !== null && !isTools(allowed_tools))
    return 'allowed_tools must be a list of names such as ["filesystem_*"]; it is not';
  if (expires_at !== null && !Number.isSafeInteger(expiresAtMs))
    return 'expires_at must be a time such as "2027-01-31T00:00:00Z"; it is not';
  const wholeNumber = 'must be a whole number from 1; it is not';
  if (requests_per_minute !== null && !isCount(requests_per_minute))
    return `requests_per_minute ${wholeNumber}`;
  if (burst !== null && !isCount(burst)) return `burst ${wholeNumber}`;
  if (max_concurrent !== null && !isCount(max_concurrent)) return `max_concurrent ${wholeNumber}`;
  if (burst !== null && requests_per_minute === null)
    return 'burst needs requests_per_minute beside it; it is missing';
  const terms = {
    models,
    allowedTools: allowed_tools,
    expiresAtMs,
    requestsPerMinute: requests_per_minute,
    burst,
    maxConcurrent: max_concurrent,
  };
  return Object.values(terms).every((term) => term === null) ? noTerms : terms;
}
