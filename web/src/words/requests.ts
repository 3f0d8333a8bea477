/** Requests and their attempts in words and tones. */
import type { Tone } from '../design/tones.ts';
import { actorOf } from '../live/selectors.ts';
import type { Request } from '../live/world.ts';
import { ruleInWords } from './rules.ts';

export type Attempt = Request['attempts'][number];

/** How it ended for its caller: an answer with an error is whole too. */
export function toneOfRequest({ outcome, status }: Request): Tone {
  if (outcome === 'failed' || status >= 500) return 'bad';
  if (outcome === 'truncated' || status >= 400) return 'rest';
  return outcome === 'cancelled' ? 'idle' : 'good';
}

export function endInWords({ outcome, status }: Request): string {
  if (outcome === 'completed') return status >= 400 ? `refused ${status}` : `ok ${status}`;
  return status === 0 ? outcome : `${outcome} ${status}`;
}

export function toneOfAttempt({ verdict }: Attempt): Tone {
  if (verdict === 'ok') return 'good';
  return verdict === 'caller' || verdict === 'cancelled' ? 'idle' : 'bad';
}

export const nameOfKey = (id: string): string =>
  actorOf('provider-key', id)?.context.name || id.slice(0, 13);

export const whyInWords = ({ verdict, rule_id: rule }: Attempt): string =>
  verdict === 'ok' ? 'Answered' : ruleInWords(rule) || verdict.replaceAll('_', ' ');

export const attemptInWords = (attempt: Attempt): string =>
  `${attempt.status ?? 'No answer'} · ${whyInWords(attempt)}`;
