/** Client keys as the table shows them. */
import type { Actor } from '../../live/fold/actors.ts';
import { compact } from '../../design/format.ts';
import { byTexts } from '../../words/search.ts';

export type Client = Actor<'client-key'>;
export type Status = 'active' | 'soon' | 'expired' | 'left';

const soonMs = 7 * 24 * 60 * 60_000;

export function statusOf({ status, context }: Client, nowMs: number): Status {
  if (status !== 'active') return status === 'expired' ? 'expired' : 'left';
  const { expires_at_ms: expiresMs } = context;
  if (expiresMs === null) return 'active';
  if (expiresMs <= nowMs) return 'expired';
  return expiresMs - nowMs <= soonMs ? 'soon' : 'active';
}

export const states = [
  { value: 'active', text: 'Active' },
  { value: 'soon', text: 'Expires soon' },
  { value: 'expired', text: 'Expired' },
] as const;

/** `gpt-*, claude-*`; what a list without an entry means says `none`. */
export function listInWords(list: readonly string[] | null, every: string, none: string): string {
  if (list === null || list.includes('*')) return every;
  return list.length === 0 ? none : list.join(', ');
}

export function limitsInWords({ context }: Client): string {
  const { requests_per_minute: pace, burst, max_concurrent: atOnce } = context;
  const parts = [
    pace === null ? undefined : `${compact(pace)}/min`,
    burst === null ? undefined : `burst ${compact(burst)}`,
    atOnce === null ? undefined : `${compact(atOnce)} at once`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'no limit' : parts.join(', ');
}

export const fits = byTexts(({ id, context }: Client) => {
  const { name, client_id: owner, masked, models, allowed_tools: tools } = context;
  return [id, name, owner, masked, ...(models ?? []), ...(tools ?? [])];
});

/** Lines of a text area as a list; empty lines and repetitions left out. */
export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

export const graces = [
  { value: '0', text: 'No grace: every older key is refused at once' },
  { value: '3600', text: 'The old key stays good for 1 hour' },
  { value: '86400', text: 'The old key stays good for 1 day' },
  { value: '604800', text: 'The old key stays good for 7 days' },
  { value: '2592000', text: 'The old key stays good for 30 days' },
] as const;
