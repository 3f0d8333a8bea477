/** All that the console knows: made by a snapshot, changed by events alone. */
import type { App } from '../../../server/app.ts';
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
  /** The last minutes, second by second, oldest first. */
  seconds: readonly Span[];
  /** The last day, minute by minute, oldest first. */
  minutes: readonly Span[];
  /** Newest first, a bounded number of each. */
  requests: readonly Request[];
  calls: readonly ToolCall[];
  transitions: readonly Transition[];
}>;

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
    seconds: [],
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
    requests: [],
    calls: [],
    transitions: [],
  };
}
