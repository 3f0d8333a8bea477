/** Events in words and tones. */
import type { Tone } from '../design/tones.ts';
import { actorOf } from '../live/selectors.ts';
import { isKind } from '../live/fold/actors.ts';
import type { Event } from '../live/world.ts';
import { nameIn } from './actors.ts';
import { keyCauses } from './causes.ts';
import { dialCauses } from './mcp.ts';
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

const causes: Readonly<Record<string, string>> = { ...keyCauses, ...dialCauses };

/** The gist of its data, in a line. */
export function gistOf({ kind, actor_id: id, data, unreadable }: Event): string {
  if (unreadable !== undefined) return unreadable;
  const rule = text(data?.['rule_id']);
  const cause = text(data?.['cause']);
  const name = text(data?.['name']);
  const parts = [
    text(data?.['model']),
    rule === undefined ? undefined : ruleInWords(rule),
    text(data?.['reason']),
    cause === undefined ? undefined : (causes[cause] ?? cause.replaceAll('_', ' ')),
    name === nameOfActor(kind, id) ? undefined : name,
    text(data?.['value']),
  ];
  return [...new Set(parts.filter((part) => part !== undefined))].slice(0, 3).join(' · ');
}
