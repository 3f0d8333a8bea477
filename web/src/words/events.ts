/** Events in words and tones. */
import type { Tone } from '../design/tones.ts';
import { actorOf } from '../live/selectors.ts';
import { isKind } from '../live/fold/actors.ts';
import type { Event } from '../live/world.ts';
import { nameIn } from './actors.ts';
import { ruleInWords } from './rules.ts';

const who: Readonly<Record<string, string>> = {
  operator: 'Operator',
  client: 'Client',
  gateway: 'Gateway',
  environment: 'Environment',
  file: 'File',
};
export const makers: readonly string[] = Object.keys(who);
export const makerInWords = (kind: string | undefined): string => who[kind ?? ''] ?? 'Unknown';

const endings: readonly (readonly [RegExp, Tone])[] = [
  [/(Failed|Opened|Refused|Lost|GaveUp)$/, 'bad'],
  [/(Rested|Suspected|Draining|Closing|BackedOff)$/, 'rest'],
  [/(Removed|Disabled|LeftSource|Left|Stopped|Expired)$/, 'idle'],
  [/(Recovered|Enabled|Ready|Closed|Connected|Added)$/, 'good'],
];

/** By what it does to its actor. */
export const toneOfEvent = ({ type, unreadable }: Event): Tone =>
  unreadable === undefined ? (endings.find(([ending]) => ending.test(type))?.[1] ?? 'busy') : 'bad';

export const nameOfActor = (kind: string, id: string): string =>
  nameIn(kind, id, isKind(kind) ? actorOf(kind, id)?.context : undefined);

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The gist of its data, in a line. */
export function gistOf({ data, unreadable }: Event): string {
  if (unreadable !== undefined) return unreadable;
  const rule = text(data?.['rule_id']);
  const parts = [
    text(data?.['model']),
    rule === undefined ? undefined : ruleInWords(rule),
    text(data?.['reason']),
    text(data?.['cause'])?.replaceAll('_', ' '),
    text(data?.['name']),
    text(data?.['value']),
  ];
  return [...new Set(parts.filter((part) => part !== undefined))].slice(0, 3).join(' · ');
}
