/** The keys of one provider that are enabled, and which of them can be taken for a model right now. */
import type { ActorId } from '../../events/ids.ts';
import { createDeadlines } from '../../actors/runtime/deadlines.ts';
import { createRing, type Ring } from './ring.ts';

/** A time in which a key is not used. A guessed one ends with a probe, one that the vendor timed just ends. */
export type Rest = Readonly<{ untilMs: number; guessed: boolean }>;

/** What rests: the whole key (`''`) or one model of it. */
export type Scope = string;
export const wholeKey: Scope = '';

export type PoolKey = {
  readonly id: ActorId;
  secret: string;
  weight: number;
  /** As the log has it. */
  rests: ReadonlyMap<Scope, Rest>;
  /** What this process saw and the log has not taken yet: holds at once. */
  readonly provisional: Map<Scope, Rest & Readonly<{ sinceMs: number }>>;
  /** Scopes whose guessed rest ended with a success here, until the log says so too. */
  readonly proved: Set<Scope>;
  /** The scope that a request is probing at this moment. */
  underProbe: Scope | undefined;
  lastTakenMs: number;
};

/** A key in a request's hand; must be given back with `settle`. `probes` is set when its success ends a guessed rest. */
export type Taken = Readonly<{ key: PoolKey; probes: Scope | undefined }>;

type Standing = 'ready' | 'to-probe' | 'resting';

function worse(one: Standing, other: Standing): Standing {
  if (one === 'resting' || other === 'resting') return 'resting';
  return one === 'ready' ? other : one;
}

/** Keys by standing: for the whole pool, and for each model of which some key rests. */
type Lane = Readonly<{ ready: Ring<PoolKey>; toProbe: Ring<PoolKey> }>;
const emptyLane = (): Lane => ({ ready: createRing(), toProbe: createRing() });

export type Pool = Readonly<{
  put(
    key: Readonly<{ id: ActorId; secret: string; weight: number; rests: ReadonlyMap<Scope, Rest> }>,
  ): void;
  drop(id: ActorId): void;
  get(id: ActorId): PoolKey | undefined;
  size(): number;
  /** The next key. Only a request's first attempt may probe, so that keys waking together do not eat its budget. */
  take(model: string, mayProbe: boolean): Taken | undefined;
  /** This very key, when it is ready for the model. */
  takeThis(id: ActorId, model: string): Taken | undefined;
  /** Ends a take. Answers true when it proved that a guessed rest is over. */
  settle(taken: Taken, succeeded: boolean): boolean;
  /** Rests a key here and now, before the log has it. */
  rest(id: ActorId, scope: Scope, rest: Rest): void;
  /** Forgets what was only seen here: an operator woke the key. */
  forget(id: ActorId): void;
  /** The whole provider rests until then. */
  restAll(untilMs: number): void;
  /** When the first key can be taken for the model (epoch); undefined when none ever will by itself. */
  wakesAtMs(model: string): number | undefined;
  /** Called whenever a key becomes takeable. */
  onReady(listener: () => void): void;
  stop(): void;
}>;

export function createPool(now: () => number): Pool {
  const keys = new Map<ActorId, PoolKey>();
  const whole = emptyLane();
  const lanes = new Map<string, Lane>();
  const readyListeners = new Set<() => void>();
  let providerRestsUntilMs = 0;
  const deadlines = createDeadlines<PoolKey>(now, (key) => place(key));

  const restsOf = (key: PoolKey, scope: Scope): Rest[] =>
    [key.rests.get(scope), key.provisional.get(scope)].filter((rest) => rest !== undefined);

  const standing = (key: PoolKey, scope: Scope): Standing => {
    const rests = restsOf(key, scope);
    if (rests.some((rest) => rest.untilMs > now())) return 'resting';
    if (key.proved.has(scope) || !rests.some((rest) => rest.guessed)) return 'ready';
    return 'to-probe';
  };

  const enter = (lane: Lane, key: PoolKey, is: Standing) => {
    const isIn = lane.ready.has(key) || lane.toProbe.has(key);
    if (is === 'ready') lane.ready.add(key, key.weight);
    else lane.ready.remove(key);
    if (is === 'to-probe' && key.underProbe === undefined) lane.toProbe.add(key, 1);
    else lane.toProbe.remove(key);
    return !isIn && (lane.ready.has(key) || lane.toProbe.has(key));
  };

  const laneOf = (model: string): Lane => lanes.get(model) ?? whole;

  /** Puts a key where it belongs now and sets the time at which to look again. */
  const place = (key: PoolKey) => {
    if (keys.get(key.id) !== key) return;
    const inWhole = standing(key, wholeKey);
    let became = enter(whole, key, inWhole);
    for (const [model, lane] of lanes) {
      became = enter(lane, key, worse(inWhole, standing(key, model))) || became;
    }
    const ends = [...key.rests.values(), ...key.provisional.values()]
      .map((rest) => rest.untilMs)
      .filter((untilMs) => untilMs > now());
    deadlines.set(key, ends.length > 0 ? Math.min(...ends) : undefined);
    if (became) for (const listener of readyListeners) listener();
  };

  /** Makes the lane of a model as soon as one key rests for it, and drops it when none does. */
  const keepLanes = (key: PoolKey) => {
    for (const scope of [...key.rests.keys(), ...key.provisional.keys()]) {
      if (scope === wholeKey || lanes.has(scope)) continue;
      lanes.set(scope, emptyLane());
      for (const other of keys.values()) place(other);
    }
    if (lanes.size <= 64) return;
    for (const model of lanes.keys()) {
      if (![...keys.values()].some((other) => restsOf(other, model).length > 0))
        lanes.delete(model);
    }
  };

  const leave = (key: PoolKey) => {
    for (const lane of [whole, ...lanes.values()]) {
      lane.ready.remove(key);
      lane.toProbe.remove(key);
    }
    deadlines.set(key, undefined);
  };

  const use = (key: PoolKey, probes: Scope | undefined): Taken => {
    key.lastTakenMs = now();
    if (probes !== undefined) key.underProbe = probes;
    return { key, probes };
  };

  return {
    put({ id, secret, weight, rests }) {
      const existing = keys.get(id);
      if (existing && existing.weight !== weight) leave(existing);
      const key: PoolKey = existing ?? {
        id,
        secret,
        weight,
        rests,
        provisional: new Map(),
        proved: new Set(),
        underProbe: undefined,
        lastTakenMs: 0,
      };
      Object.assign(key, { secret, weight, rests });
      // What was proved here holds until the log shows another rest.
      for (const scope of key.proved) {
        const rest = rests.get(scope);
        if (!rest || rest.untilMs > now()) key.proved.delete(scope);
      }
      for (const [scope, rest] of key.provisional) {
        const isOver = !rest.guessed && rest.untilMs <= now();
        if (isOver || (rests.get(scope)?.untilMs ?? 0) >= rest.untilMs)
          key.provisional.delete(scope);
      }
      keys.set(id, key);
      keepLanes(key);
      place(key);
    },
    drop(id) {
      const key = keys.get(id);
      if (!key) return;
      leave(key);
      keys.delete(id);
    },
    get: (id) => keys.get(id),
    size: () => keys.size,
    take(model, mayProbe) {
      if (providerRestsUntilMs > now()) return undefined;
      const lane = laneOf(model);
      const probe = mayProbe ? lane.toProbe.take() : undefined;
      if (probe) {
        const scope = standing(probe, wholeKey) === 'to-probe' ? wholeKey : model;
        const taken = use(probe, scope);
        place(probe);
        return taken;
      }
      const key = lane.ready.take();
      return key && use(key, undefined);
    },
    takeThis(id, model) {
      const key = keys.get(id);
      if (!key || providerRestsUntilMs > now() || !laneOf(model).ready.touch(key)) return undefined;
      return use(key, undefined);
    },
    settle({ key, probes }, succeeded) {
      if (probes === undefined || key.underProbe !== probes) return false;
      key.underProbe = undefined;
      const isProved = succeeded && standing(key, probes) === 'to-probe';
      if (isProved) {
        key.proved.add(probes);
        key.provisional.delete(probes);
      }
      place(key);
      return isProved;
    },
    rest(id, scope, rest) {
      const key = keys.get(id);
      if (!key) return;
      key.provisional.set(scope, { ...rest, sinceMs: now() });
      key.proved.delete(scope);
      keepLanes(key);
      place(key);
    },
    forget(id) {
      const key = keys.get(id);
      if (!key) return;
      key.provisional.clear();
      place(key);
    },
    restAll(untilMs) {
      providerRestsUntilMs = untilMs;
      if (untilMs <= now()) for (const listener of readyListeners) listener();
    },
    wakesAtMs(model) {
      if (providerRestsUntilMs > now()) return providerRestsUntilMs;
      let earliest: number | undefined;
      for (const key of keys.values()) {
        const ends = [...restsOf(key, wholeKey), ...restsOf(key, model)].map(
          (rest) => rest.untilMs,
        );
        const atMs = Math.max(now(), ...ends);
        if (earliest === undefined || atMs < earliest) earliest = atMs;
      }
      return earliest;
    },
    onReady: (listener) => void readyListeners.add(listener),
    stop: () => deadlines.stop(),
  };
}
