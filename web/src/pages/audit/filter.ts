/** What is wanted of the log: as the address has it, and as the gateway is asked for it. */
import type { EventFilter } from '../../live/historyCommands.ts';
import type { Event } from '../../live/world.ts';
import { eventName } from '../../design/format.ts';

export type Params = {
  q?: string;
  kind?: string;
  actor?: string;
  type?: string;
  by?: string;
  correlation?: string;
  /** `1h`, `1d`, … or nothing; `from` and `to` where it is `span`. */
  since?: string;
  from?: string;
  to?: string;
  event?: string;
};

export const spans: Readonly<Record<string, readonly [ms: number, text: string]>> = {
  '15m': [900_000, 'Last 15 minutes'],
  '1h': [3_600_000, 'Last hour'],
  '1d': [86_400_000, 'Last day'],
  '7d': [604_800_000, 'Last week'],
};

/** A text of a `datetime-local` field is in the reader's zone. */
const isoOf = (text: string | undefined): string | undefined => {
  const ms = text === undefined ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};

export function filterOf(params: Params, nowMs: number): EventFilter {
  const span = spans[params.since ?? ''];
  const from = span ? new Date(nowMs - span[0]).toISOString() : isoOf(params.from);
  const to = span ? undefined : isoOf(params.to);
  return {
    ...(params.kind && { kind: params.kind }),
    ...(params.actor && { id: params.actor }),
    ...(params.type && { type: params.type }),
    ...(params.correlation && { correlation_id: params.correlation }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

const same = (wanted: string | undefined, value: string | null): boolean =>
  wanted === undefined || wanted === value;

/** As the gateway holds an event against it. */
export function fitsFilter(filter: EventFilter, event: Event): boolean {
  const ms = event.time === null ? null : Date.parse(event.time);
  return (
    same(filter.kind, event.kind) &&
    same(filter.id, event.actor_id) &&
    same(filter.type, event.type) &&
    same(filter.correlation_id, event.correlation_id) &&
    (filter.from === undefined || (ms !== null && ms >= Date.parse(filter.from))) &&
    (filter.to === undefined || (ms !== null && ms <= Date.parse(filter.to)))
  );
}

/** Among the events that are here. */
export function hasWords(text: string, by: string, event: Event): boolean {
  if (by !== '' && event.by?.kind !== by) return false;
  if (text === '') return true;
  const { actor_id: id, kind, type, correlation_id: correlation, trace_id: trace } = event;
  const all = [id, kind, type, eventName(type, kind), correlation, trace, event.by?.id];
  const whole = `${all.join(' ')} ${JSON.stringify(event.data)}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}
