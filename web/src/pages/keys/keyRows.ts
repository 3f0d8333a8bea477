/** Provider keys as the table shows them. */
import type { Actor } from '../../live/fold/actors.ts';
import { ruleInWords } from '../../words/rules.ts';
import { byTexts } from '../../words/search.ts';

export type Key = Actor<'provider-key'>;

export const statuses = ['healthy', 'resting', 'disabled'] as const;

/** Why a key is not healthy, in words; null for one that is. */
export function whyOf({ status, context }: Key): string | null {
  if (status === 'resting' && context.rest) return ruleInWords(context.rest.rule_id);
  if (status === 'disabled' && context.disabled) {
    const { cause, rule_id: ruleId, reason } = context.disabled;
    if (cause === 'credential' && ruleId) return ruleInWords(ruleId);
    return reason.slice(0, 1).toUpperCase() + reason.slice(1);
  }
  const models = Object.entries(context.models);
  const [first] = models;
  if (!first) return null;
  const others = models.length > 1 ? ` and ${models.length - 1} more` : '';
  return `${first[0]}${others} rests: ${ruleInWords(first[1].rule_id)}`;
}

/** The vendor's own words. */
export const reasonOf = ({ context }: Key): string =>
  context.rest?.reason ?? context.disabled?.reason ?? '';

export type Filter = Readonly<{ text: string; status: string; provider: string }>;

const hasText = byTexts((key: Key) => {
  const { name, masked, provider } = key.context;
  return [key.id, name, masked, provider, whyOf(key) ?? ''];
});

export const fits = (key: Key, { text, status, provider }: Filter): boolean =>
  (status === '' || key.status === status) &&
  (provider === '' || key.context.provider === provider) &&
  hasText(key, text);

const order: Readonly<Record<string, string>> = { resting: '0', disabled: '1', healthy: '2' };

/** Those that want a look come first; among the resting those that wake first. */
export const urgency = ({ status, context }: Key): string =>
  `${order[status] ?? '3'}${String(context.rest?.until_ms ?? 0).padStart(16, '0')}`;
