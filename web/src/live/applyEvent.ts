/** The one fold: the world before an event, and after it. Pure: the same events make the same world. */
import { folds, isKind, type Actor, type Kind } from './fold/actors.ts';
import type { Data, Fold } from './fold/step.ts';
import { addTo, countCall, countRequest, hasFailed, type Counted } from './spans.ts';
import {
  second,
  type KeyDay,
  type LiveEvent,
  type Request,
  type Span,
  type Transition,
  type World,
} from './world.ts';

/** Requests, calls and transitions that are remembered. */
const remembered = 500;
const minute = { spanMs: 60_000, keep: 24 * 60 };

/** What changes in a batch is copied once. */
type Draft = {
  world: World;
  copied: Map<Kind, Map<string, Actor>>;
  keysToday: Map<string, KeyDay> | undefined;
  seconds: Span[] | undefined;
  minutes: Span[] | undefined;
  requests: Request[];
  calls: World['calls'][number][];
  transitions: Transition[];
  talks: Transition[];
};

export const applyEvent = (world: World, event: LiveEvent): World => applyEvents(world, [event]);

/** A batch at once; the same as one after the other. */
export function applyEvents(world: World, events: readonly LiveEvent[]): World {
  const draft: Draft = {
    world,
    copied: new Map(),
    keysToday: undefined,
    seconds: undefined,
    minutes: undefined,
    requests: [],
    calls: [],
    transitions: [],
    talks: [],
  };
  for (const event of events) {
    apply(draft, event);
    if (event.cursor !== undefined) draft.world = { ...draft.world, cursor: event.cursor };
  }
  const { requests, calls, transitions, talks, keysToday, seconds, minutes, copied } = draft;
  return {
    ...draft.world,
    ...(copied.size > 0 && {
      actors: { ...world.actors, ...(Object.fromEntries(copied) as Partial<World['actors']>) },
    }),
    ...(keysToday && { keysToday }),
    ...(seconds && { seconds }),
    ...(minutes && { minutes }),
    ...(requests.length > 0 && { requests: newest(requests, world.requests) }),
    ...(calls.length > 0 && { calls: newest(calls, world.calls) }),
    ...(transitions.length > 0 && { transitions: newest(transitions, world.transitions) }),
    ...(talks.length > 0 && { talks: newest(talks, world.talks) }),
  };
}

const newest = <Item>(more: Item[], before: readonly Item[]): Item[] =>
  [...more.reverse(), ...before].slice(0, remembered);

function apply(draft: Draft, event: LiveEvent): void {
  switch (event.name) {
    case 'transition':
      applyTransition(draft, event.data);
      return;
    case 'request': {
      const { data } = event;
      const atMs = Date.parse(data.time);
      draft.requests.push(data);
      count(draft, atMs, countRequest(data));
      if (data.key_id !== null) countKey(draft, atMs, data.key_id, 1, hasFailed(data) ? 1 : 0);
      return;
    }
    case 'tool_call':
      draft.calls.push(event.data);
      count(draft, Date.parse(event.data.time), countCall(event.data));
      return;
    case 'totals': {
      const { time, hidden } = event.data;
      const atMs = Date.parse(time);
      count(draft, atMs, {
        requests: hidden.requests,
        failures: hidden.failures,
        inputTokens: hidden.input_tokens,
        outputTokens: hidden.output_tokens,
        costMicroUsd: hidden.cost_micro_usd,
        durationMs: hidden.duration_ms,
        toolCalls: hidden.tool_calls,
        toolFailures: hidden.tool_failures,
      });
      for (const [id, [requests, failures]] of Object.entries(hidden.keys)) {
        countKey(draft, atMs, id, requests, failures);
      }
      return;
    }
    case 'pulse':
      draft.world = { ...draft.world, pulse: event.data };
      return;
    default:
      // A newer gateway may say more.
      event satisfies never;
  }
}

/** What was applied before changes nothing: the snapshot may be a little ahead of its cursor. */
function applyTransition(draft: Draft, event: Transition): void {
  if (event.kind === 'conversation') {
    if (event.type !== 'TurnProgressed') draft.talks.push(event);
    return;
  }
  draft.transitions.push(event);
  const { kind, actor_id: id, sequence, type, data } = event;
  if (!isKind(kind) || data === null) return;
  const row = folds[kind];
  const actors = draft.copied.get(kind) ?? (draft.world.actors[kind] as ReadonlyMap<string, Actor>);
  const known = actors.get(id);
  if (known && sequence <= known.sequence) return;
  const before: Actor = known ?? {
    kind,
    id,
    sequence: 0,
    status: row.status,
    context: row.context,
  };
  // Each row's fold takes its own kind of context, which the type of the table cannot follow.
  const fold = row.fold as unknown as Fold<Actor['context']>;
  const after = fold(before, type, data as Data);
  // What is left to be done for one that was removed does not bring it back.
  if (!after && !known) return;
  const { status, context } = after ?? before;
  const copy = draft.copied.get(kind) ?? new Map(actors);
  draft.copied.set(kind, copy);
  if (status === 'removed') copy.delete(id);
  else copy.set(id, { ...before, sequence, status, context });
}

function count(draft: Draft, atMs: number, more: Counted): void {
  draft.seconds ??= [...draft.world.seconds];
  draft.minutes ??= [...draft.world.minutes];
  addTo(draft.seconds, { atMs, ...second }, more);
  const { durationsMs: _, ...sums } = more;
  addTo(draft.minutes, { atMs, ...minute }, sums);
}

const noHours: readonly number[] = Array.from({ length: 24 }, () => 0);
const noDay: KeyDay = { requests: 0, failures: 0, hours: noHours, failedHours: noHours };

function countKey(draft: Draft, atMs: number, id: string, requests: number, failures: number) {
  const time = new Date(atMs).toISOString();
  const day = time.slice(0, 10);
  if (day < draft.world.day) return;
  if (day > draft.world.day) {
    draft.world = { ...draft.world, day };
    draft.keysToday = new Map();
  }
  draft.keysToday ??= new Map(draft.world.keysToday);
  const before = draft.keysToday.get(id) ?? noDay;
  const hour = Number(time.slice(11, 13));
  const plus = (hours: readonly number[], more: number) =>
    more === 0 ? hours : hours.with(hour, (hours[hour] ?? 0) + more);
  draft.keysToday.set(id, {
    requests: before.requests + requests,
    failures: before.failures + failures,
    hours: plus(before.hours.length === 0 ? noHours : before.hours, requests),
    failedHours: plus(before.failedHours.length === 0 ? noHours : before.failedHours, failures),
  });
}
