/** What a verdict asks of the key that was used, if anything. */
import type { ProviderKeyCommand } from './commands.ts';
import type { Verdict } from './evidence.ts';

type About = Readonly<{
  nowMs: number;
  /** `''` where the request names none: its key is then all there is to rest. */
  model: string;
  isLastUsable: boolean;
}>;

/** Null where the key is not touched: the caller's fault, or the provider's. */
export function consequenceOf(verdict: Verdict, about: About): ProviderKeyCommand | null {
  const { scope, ruleId, reason, longest, hintMs = null } = verdict;
  const { nowMs, model, isLastUsable } = about;
  if (scope !== 'key' && scope !== 'model') return null;
  if (verdict.class === 'credential') {
    const isCertain = verdict.isCertain === true;
    return { type: 'SuspectProviderKey', nowMs, ruleId, reason, isLastUsable, isCertain };
  }
  const rest = { type: 'RestProviderKey', nowMs, hintMs, longest, ruleId, reason } as const;
  return scope === 'model' && model !== '' ? { ...rest, model } : rest;
}
