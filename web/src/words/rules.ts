/** The judge's rules in words. */
const words: Readonly<Record<string, string>> = {
  'rate-limit': 'Rate limited by the vendor',
  'rate-limit.address': 'The vendor limits this address, not the key',
  quota: 'Its quota is used up',
  'quota.credit-balance': 'Its credit is used up',
  'quota.gemini-per-day': "The day's quota is used up",
  'quota.insufficient': 'Its quota is used up',
  'quota.payment-required': 'The vendor wants to be paid',
  'quota.per-day': "The day's quota is used up",
  'quota.spent': 'Its spending limit is reached',
  credential: 'The vendor refuses the key',
  'credential.blocked': 'The vendor blocked the key',
  'credential.blocked-text': 'The vendor blocked the key',
  'credential.gemini-invalid-key': 'The vendor does not know the key',
  'credential.invalid-key': 'The vendor does not know the key',
  'credential.unauthorized': 'The vendor refuses the key',
  permission: 'The key may not do this',
  'permission.denied': 'The key may not do this',
  'permission.missing-scope': 'The key lacks a scope',
  'permission.long-context': 'The key may not use the long context',
  model: 'The model is not available to the key',
  'model.no-access': 'The key has no access to the model',
  region: 'Not served in this region',
  transient: 'The vendor had a passing failure',
  'transient.overloaded': 'The vendor is overloaded',
  'transient.server-error': 'The vendor failed',
  'transient.silent': 'The vendor fell silent',
  'transient.cut': 'The vendor cut the answer',
  'transient.not-connected': 'The vendor could not be reached',
  caller: "The request's own fault",
  cancelled: 'The client left',
  ok: 'Answered',
};

/** The longest known beginning of a rule's id says it; else the id itself. */
export function ruleInWords(ruleId: string): string {
  const parts = ruleId.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = words[parts.slice(0, length).join('.')];
    if (found !== undefined) return found;
  }
  return ruleId;
}
