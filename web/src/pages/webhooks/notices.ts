/** What webhooks are told of, and what became of it. */
import type { Asked } from '../../live/ask.ts';
import { actorOf } from '../../live/selectors.ts';
import type { webhooks } from '../../live/settingCommands.ts';

export const notices = [
  { name: 'provider_key.disabled', text: 'A provider key is disabled' },
  { name: 'provider.rested', text: 'A provider rests with all of its keys' },
  { name: 'provider.recovered', text: 'A provider is back' },
  { name: 'breaker.opened', text: 'A breaker opens' },
  { name: 'breaker.closed', text: 'A breaker closes' },
  { name: 'log.away', text: 'The log is away' },
  { name: 'log.back', text: 'The log is back' },
] as const;

export type Told = Awaited<ReturnType<typeof webhooks.list>>;
export type Seen = Told['data'][number];
export type Hook = Readonly<{ url: string; events: readonly string[] }>;
export type Row = Readonly<{ hook: Hook; seen: Seen | undefined }>;

const isHook = (value: unknown): value is Hook =>
  typeof value === 'object' && value !== null && 'url' in value && 'events' in value;

/** Those in force: the setting's own value is in the stream; what a variable said was read. */
export function rowsOf(read: Asked<Told>): readonly Row[] {
  const seen = new Map((read.value()?.data ?? []).map((one) => [one.url, one]));
  const own = actorOf('setting', 'webhooks');
  const value = own?.status === 'set' ? own.context.value : own ? [] : [...seen.values()];
  const hooks = Array.isArray(value) ? value.filter(isHook) : [];
  return hooks.map((hook) => ({ hook, seen: seen.get(hook.url) }));
}

export const isEverything = ({ events }: Hook): boolean =>
  events.length === 0 || events.includes('*');
