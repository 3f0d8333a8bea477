/** All that the console knows: made by a snapshot, changed by events alone. */
import type { App } from '../../../server/app.ts';
import { addTo, countCall, countRequest, type Counted } from './spans.ts';
import { isKind, type Actor, type Contexts, type Kind } from './fold/actors.ts';

type Api = App['~Routes']['api'];
export type Snapshot = Api['snapshot']['get']['response'][200];
export type Pulse = NonNullable<Snapshot['pulse']>;
export type ToolCall = Api['mcp']['calls'][':id']['get']['response'][200];
export type Request = Api['logs'][':id']['get']['response'][200];
export type Event = Api['events']['get']['response'][200]['data'][number];
export type Transition = Event & Readonly<{ status?: string }>;

type Totals = Readonly<{
  time: string;
  hidden: Readonly<{
    requests: number;
    failures: number;
    input_tokens: number;
    output_tokens: number;
    cost_micro_usd: number;
    duration_ms: number;
    tool_calls: number;
    tool_failures: number;
    keys: Readonly<Record<string, readonly [requests: number, failures: number]>>;
  }>;
}>;

/** One message of the live stream; `cursor` where it moves the reader's. */
export type LiveEvent = Readonly<
  { cursor?: string | undefined } & (
    | { name: 'transition'; data: Transition }
    | { name: 'request'; data: Request }
    | { name: 'tool_call'; data: ToolCall }
    | { name: 'totals'; data: Totals }
    | { name: 'pulse'; data: Pulse }
  )
>;

/** What a span of time brought. */
export type Span = Readonly<{
  startMs: number;
  requests: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  costMicroUsd: number;
  durationMs: number;
  toolCalls: number;
  toolFailures: number;
  /** Of requests that were shown one by one, a bounded number of them. */
  durationsMs: readonly number[];
}>;

/** A provider key's UTC day, in all and by hour. */
export type KeyDay = Readonly<{
  requests: number;
  failures: number;
  hours: readonly number[];
  failedHours: readonly number[];
}>;

export type Actors = { readonly [Of in Kind]: ReadonlyMap<string, Actor<Of>> };

export type World = Readonly<{
  cursor: string;
  version: string;
  gatewayId: string;
  sessionUntil: string | null;
  /** The gateway's clock against this browser's. */
  clockAheadMs: number;
  pulse: Pulse | null;
  actors: Actors;
  /** The UTC day that `keysToday` is of. */
  day: string;
  keysToday: ReadonlyMap<string, KeyDay>;
  /** From when on `seconds` has everything. */
  secondsFromMs: number;
  /** The last minutes, second by second, oldest first. */
  seconds: readonly Span[];
  /** The last day, minute by minute, oldest first. */
  minutes: readonly Span[];
  /** Newest first, a bounded number of each. */
  requests: readonly Request[];
  calls: readonly ToolCall[];
  transitions: readonly Transition[];
  /** Of conversations, which have a log and sequences of their own; without those that say only that an answer goes on. */
  talks: readonly Transition[];
}>;

/** How many of the newest requests and calls come with a snapshot. */
const listed = 200;
/** How the last minutes are kept. */
export const second = { spanMs: 1_000, keep: 300 };

const noActors = (): { [Of in Kind]: Map<string, Actor<Of>> } => ({
  provider: new Map(),
  'provider-key': new Map(),
  breaker: new Map(),
  'client-key': new Map(),
  'model-route': new Map(),
  setting: new Map(),
  'mcp-server': new Map(),
  'mcp-connection': new Map(),
  'mcp-backend': new Map(),
});

/** The seconds before the snapshot, as far as its newest requests and calls reach. */
function secondsOf({ requests, tool_calls: calls, time }: Snapshot) {
  const seconds: Span[] = [];
  const nowMs = Date.parse(time);
  const oldestOf = (list: readonly Readonly<{ time: string }>[]) =>
    list.length < listed ? 0 : Date.parse(list.at(-1)?.time ?? time);
  const secondsFromMs = Math.max(
    nowMs - second.keep * second.spanMs,
    oldestOf(requests),
    oldestOf(calls),
  );
  const add = (atMs: number, more: Counted) => {
    if (atMs >= secondsFromMs) addTo(seconds, { atMs, ...second }, more);
  };
  for (const one of requests.toReversed()) add(Date.parse(one.time), countRequest(one));
  for (const one of calls.toReversed()) add(Date.parse(one.time), countCall(one));
  return { seconds, secondsFromMs };
}

/** @param nowMs when the snapshot came, by this browser's clock. */
export function worldOf(snapshot: Snapshot, nowMs: number): World {
  const actors = noActors();
  const put = <Of extends Kind>(kind: Of, actor: Actor<Of>) => {
    (actors[kind] as Map<string, Actor<Of>>).set(actor.id, actor);
  };
  for (const { kind, id, sequence, status, context } of snapshot.actors) {
    if (!isKind(kind)) continue;
    put(kind, { kind, id, sequence, status, context: context as Contexts[typeof kind] });
  }
  return {
    cursor: snapshot.cursor,
    version: snapshot.version,
    gatewayId: snapshot.gateway_id,
    sessionUntil: snapshot.session_until,
    clockAheadMs: Date.parse(snapshot.time) - nowMs,
    pulse: snapshot.pulse,
    actors,
    day: snapshot.time.slice(0, 10),
    keysToday: new Map(
      Object.entries(snapshot.keys_today).map(([id, { failed_hours: failedHours, ...day }]) => [
        id,
        { ...day, failedHours },
      ]),
    ),
    ...secondsOf(snapshot),
    minutes: snapshot.minutes.map((minute) => ({
      startMs: minute.start_ms,
      requests: minute.requests,
      failures: minute.failures,
      inputTokens: minute.input_tokens,
      outputTokens: minute.output_tokens,
      costMicroUsd: minute.cost_micro_usd,
      durationMs: minute.duration_ms,
      toolCalls: minute.tool_calls,
      toolFailures: minute.tool_failures,
      durationsMs: [],
    })),
    requests: snapshot.requests,
    calls: snapshot.tool_calls,
    transitions: snapshot.events,
    talks: [],
  };
}
