/** The keys of a pool by standing: one lane for all models, and one for each model of which some key rests. */
import type { ActorId } from '../../events/ids.ts';
import { restsUntilMs, standingFor, wholeKey, type PoolKey, type Scope } from './poolKey.ts';
import { createRing, type Ring } from './ring.ts';

export type Lane = Readonly<{ ready: Ring<PoolKey>; toProbe: Ring<PoolKey> }>;

export type Lanes = Readonly<{
  /** The lane from which keys for this model are taken. */
  of(model: Scope): Lane;
  /** Puts a key where it belongs now. Answers true when it became takeable for something. */
  place(key: PoolKey): boolean;
  leave(key: PoolKey): void;
  /** When the first key but these is through with its rests for the model (epoch); undefined without keys. */
  wakesAtMs(model: Scope, except: ReadonlySet<ActorId>): number | undefined;
}>;

type OwnLane = Lane & {
  readonly model: Scope;
  /** Keys that rest for this model, or have to be probed. */
  readonly resting: Set<PoolKey>;
  /** What `wakesAtMs` found, until a key moves. */
  found: Readonly<{ atMs: number | undefined }> | undefined;
};

/** Lanes of models that no key rests for any more are kept for the next time, up to so many in all. */
const idleLanes = 64;

export function createLanes(keys: ReadonlyMap<ActorId, PoolKey>, now: () => number): Lanes {
  const newLane = (model: Scope): OwnLane => ({
    model,
    ready: createRing(),
    toProbe: createRing(),
    resting: new Set(),
    found: undefined,
  });
  const whole = newLane(wholeKey);
  const byModel = new Map<Scope, OwnLane>();
  const of = (model: Scope) => byModel.get(model) ?? whole;

  const enter = (lane: OwnLane, key: PoolKey, nowMs: number): boolean => {
    const wasIn = lane.ready.has(key) || lane.toProbe.has(key);
    const is = standingFor(key, lane.model, nowMs);
    const mayBeProbed = is === 'to-probe' && key.underProbe === undefined;
    if (is === 'ready') lane.ready.add(key, key.weight);
    else lane.ready.remove(key);
    if (mayBeProbed) lane.toProbe.add(key, 1);
    else lane.toProbe.remove(key);
    lane.found = undefined;
    return !wasIn && (is === 'ready' || mayBeProbed);
  };

  const open = (model: Scope): OwnLane => {
    const existing = byModel.get(model);
    if (existing) return existing;
    const lane = newLane(model);
    byModel.set(model, lane);
    // Once for a model of which a first key rests, not for each key.
    for (const key of keys.values()) enter(lane, key, now());
    return lane;
  };

  /** Notes the models that the key rests for now. */
  const noteModels = (key: PoolKey, models: Set<Scope>) => {
    for (const model of key.models) {
      const lane = byModel.get(model);
      if (models.has(model) || !lane) continue;
      lane.resting.delete(key);
      if (lane.resting.size === 0 && byModel.size > idleLanes) byModel.delete(model);
    }
    key.models = models;
    for (const model of models) open(model).resting.add(key);
  };

  const modelsOf = (key: PoolKey): Set<Scope> => {
    const models = new Set([...key.rests.keys(), ...key.provisional.keys()]);
    models.delete(wholeKey);
    return models;
  };

  return {
    of,
    place(key) {
      const nowMs = now();
      noteModels(key, modelsOf(key));
      let became = enter(whole, key, nowMs);
      for (const lane of byModel.values()) became = enter(lane, key, nowMs) || became;
      return became;
    },
    leave(key) {
      noteModels(key, new Set());
      for (const lane of [whole, ...byModel.values()]) {
        lane.ready.remove(key);
        lane.toProbe.remove(key);
        lane.found = undefined;
      }
    },
    wakesAtMs(model, except) {
      const lane = of(model);
      if (lane.found && except.size === 0) return lane.found.atMs;
      let atMs: number | undefined;
      for (const key of keys.values()) {
        if (except.has(key.id)) continue;
        const untilMs = restsUntilMs(key, lane.model);
        if (atMs === undefined || untilMs < atMs) atMs = untilMs;
      }
      if (except.size === 0) lane.found = { atMs };
      return atMs;
    },
  };
}
