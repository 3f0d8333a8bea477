/** Actors of any kind, as they are and as they were: from memory where they are in it, else from the log. */
import type { AnyMachineSnapshot } from 'xstate';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Past } from '../../actors/runtime/past.ts';
import { stateAt, type Moment, type PastState } from '../../actors/runtime/replay.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorId } from '../../events/ids.ts';
import { UnreadableEvent, type EventLog } from '../../events/log.ts';
import { presentActor, statusOf, type PresentedActor } from '../present/actor.ts';

/** By id; `after` is the last one seen. */
type Page = Readonly<{ after?: string | undefined; limit?: number | undefined }>;
type Sources = Readonly<{ log: EventLog; runtime: Runtime }>;

const newest: Moment = { sequence: Number.MAX_SAFE_INTEGER };
/** Dormant actors replayed at the same time. */
const replaysAtOnce = 16;

const presentPast = ({ actor, sequence, state, timeMs }: PastState): PresentedActor =>
  presentActor(actor, sequence, state, timeMs);

/** @throws {Refusal} UNREADABLE where the state would be a guess. */
async function readable<Answer>(reading: Promise<Answer>): Promise<Answer> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnreadableEvent) throw new Refusal('UNREADABLE', error.message);
    throw error;
  }
}

const inMemory = (runtime: Runtime, kind: AnyActorKind, id: ActorId) => {
  const current = runtime.of(kind).get(id);
  return current && current.sequence > 0 ? current : undefined;
};

/** One actor now; undefined when it never had an event. */
export async function actorNow(
  { log, runtime }: Sources,
  kind: AnyActorKind,
  id: ActorId,
): Promise<PresentedActor | undefined> {
  const ref = { kind: kind.kind, id };
  const current = inMemory(runtime, kind, id);
  if (!current) {
    const past = await readable(stateAt(log, kind, ref, newest));
    return past && presentPast(past);
  }
  // Memory answers also while the log is away, only without the time.
  const message = log.isConnected()
    ? await log.readOne(current.sequence).catch(() => undefined)
    : undefined;
  const timeMs = message?.ok ? message.event.timeMs : undefined;
  return presentActor(ref, current.sequence, current.state, timeMs);
}

/** A page of all actors of a kind, ordered by id. */
export async function actorsNow(
  { log, runtime }: Sources,
  kind: AnyActorKind,
  { after = '', limit = 100 }: Page,
): Promise<{ data: PresentedActor[]; next: string | null }> {
  const ids = [...runtime.of(kind).ids()].filter((id) => id > after).sort();
  const page = ids.slice(0, limit);
  const data: PresentedActor[] = [];
  for (let start = 0; start < page.length; start += replaysAtOnce) {
    const found = await Promise.all(
      page.slice(start, start + replaysAtOnce).map(async (id) => {
        const ref = { kind: kind.kind, id };
        const current = inMemory(runtime, kind, id);
        if (current) return presentActor(ref, current.sequence, current.state);
        const past = await readable(stateAt(log, kind, ref, newest));
        return past && presentPast(past);
      }),
    );
    data.push(...found.filter((actor) => actor !== undefined));
  }
  return { data, next: ids.length > limit ? (page.at(-1) ?? null) : null };
}

/** One actor then; undefined when it had no event yet. */
export async function actorThen(
  { log }: Sources,
  kind: AnyActorKind,
  id: ActorId,
  moment: Moment,
): Promise<PresentedActor | undefined> {
  const past = await readable(stateAt(log, kind, { kind: kind.kind, id }, moment));
  return past && presentPast(past);
}

/** A page of all actors of a kind as they were then, ordered by id. */
export async function actorsThen(
  past: Past,
  kind: AnyActorKind,
  moment: Moment,
  { after = '', limit = 100 }: Page,
): Promise<{ data: PresentedActor[]; next: string | null }> {
  const all = (await readable(past.statesAt(kind, moment)))
    .filter(({ actor }) => actor.id > after)
    .sort((a, b) => (a.actor.id < b.actor.id ? -1 : 1));
  const page = all.slice(0, limit);
  return {
    data: page.map(presentPast),
    next: all.length > limit ? (page.at(-1)?.actor.id ?? null) : null,
  };
}

/** How many actors of a kind there are, and in which state; dormant ones are not in memory. */
export function countActors(runtime: Runtime, kind: AnyActorKind) {
  const actors = runtime.of(kind);
  const byStatus: Record<string, number> = {};
  let inMemoryCount = 0;
  for (const { state } of actors.all()) {
    const status = statusOf((state as AnyMachineSnapshot).value);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    inMemoryCount += 1;
  }
  const count = [...actors.ids()].length;
  return { kind: kind.kind, actors: count, dormant: count - inMemoryCount, by_status: byStatus };
}
