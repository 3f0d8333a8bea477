/** Settings as the page shows them: what the gateway said of each once, and what the stream told since. */
import type { Actor } from '../../live/fold/actors.ts';
import type { Setting } from '../../live/settingCommands.ts';
import type { Event } from '../../live/world.ts';
import { byTexts } from '../../words/search.ts';

export type Change = Readonly<{ event: Event; before: unknown; after: unknown }>;
export type Row = Readonly<{ setting: Setting; change: Change | undefined }>;

/** Outside it is `first_event_ms`, its actor is `first-event-ms`. */
export const actorIdOf = (name: string): string => name.replaceAll('_', '-');

/** What is in force: an operator's value, else the variable's, else the default. */
export function withActor(setting: Setting, actor: Actor<'setting'> | undefined): Setting {
  if (!setting.changeable || !actor) return setting;
  if (actor.status === 'set') return { ...setting, value: actor.context.value, source: 'api' };
  const { variable_value: given } = setting;
  const isGiven = given !== null && given !== undefined;
  return {
    ...setting,
    value: isGiven ? given : setting.default,
    source: isGiven ? 'environment' : 'default',
  };
}

/** The newest change of each setting, whether it was read or came by the stream. */
export function changesOf(events: readonly Event[]): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  for (const event of events) {
    if (event.kind !== 'setting') continue;
    const known = changes.get(event.actor_id);
    if (known && known.event.sequence >= event.sequence) continue;
    const data = event.data ?? {};
    changes.set(event.actor_id, { event, before: data['before'], after: data['after'] });
  }
  return changes;
}

export const sections = [
  { value: 'requests', text: 'Requests' },
  { value: 'limits', text: 'Limits and breakers' },
  { value: 'mcp', text: 'MCP' },
  { value: 'records', text: 'Records' },
  { value: 'other', text: 'Other' },
  { value: 'start', text: 'Read at the start' },
] as const;
export type Section = (typeof sections)[number]['value'];

const words: readonly (readonly [RegExp, Section])[] = [
  [/^mcp_/, 'mcp'],
  [/^record|_conversation|conversations$/, 'records'],
  [
    /^(max_in_flight|waiters|body_limit|buffered|error_bytes|requests_per|circuit_|drain)/,
    'limits',
  ],
  [/^(attempts|transient|connect|first_event|plain|deadline|stall|keep_alive|wait_ms)/, 'requests'],
];

export function sectionOf({ name, changeable }: Setting): Section {
  if (!changeable) return 'start';
  return words.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

/** `circuit_breaker_recovery_timeout` as `Circuit breaker recovery timeout`; a unit at its end is told elsewhere. */
export function titleOf({ name, changeable, unit }: Setting): string {
  if (!changeable) return name;
  const bare = unit === null ? name : name.replace(/_(ms|bytes|seconds|days)$/, '');
  const text = bare.replaceAll('_', ' ').replace(/^mcp /, 'MCP ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const units: Readonly<Record<string, (value: number) => string | null>> = {
  ms: (value) => (value >= 1_000 ? inSeconds(value / 1_000) : null),
  s: (value) => (value >= 60 ? inSeconds(value) : null),
  bytes: (value) => (value >= 1_024 ? inBytes(value) : null),
};

function inSeconds(seconds: number): string {
  if (seconds >= 3_600) return `${round(seconds / 3_600)} h`;
  return seconds >= 60 ? `${round(seconds / 60)} min` : `${round(seconds)} s`;
}
const inBytes = (value: number): string =>
  value >= 1_048_576 ? `${round(value / 1_048_576)} MiB` : `${round(value / 1_024)} KiB`;
const round = (value: number): number => Math.round(value * 100) / 100;

/** In words, as people say it; JSON for what has parts. */
export function valueInWords(value: unknown, unit: string | null): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') {
    const large = unit === null ? null : units[unit]?.(value);
    return large ?? `${value.toLocaleString('en')}${unit === null ? '' : ` ${unit}`}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `${value.length} entries`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A port is no quantity. */
export const shownOf = ({ changeable, unit }: Setting, value: unknown): string =>
  !changeable && typeof value === 'number' && unit === null
    ? String(value)
    : valueInWords(value, unit);

export const isChanged = ({ setting }: Row): boolean => setting.source !== 'default';

export const fits = byTexts(({ setting }: Row) => {
  const { name, meaning, variable } = setting;
  return [name, titleOf(setting), meaning, variable ?? ''];
});
