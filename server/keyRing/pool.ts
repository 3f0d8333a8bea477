/** The keys of one provider that are enabled, and which of them can be taken for a model right now. */
import { createDeadlines } from '../../actors/runtime/deadlines.ts';
import type { ActorId } from '../../events/ids.ts';
import { createLanes } from './lanes.ts';
import {
  newPoolKey,
  nextChangeMs,
  standing,
  wholeKey,
  type PoolKey,
  type Rest,
  type Scope,
} from './poolKey.ts';

/** A key in a request's hand; must be given back with `settle`. `probes` is set when its success ends a guessed rest. */
export type Taken = Readonly<{ key: PoolKey; probes: Scope | undefined }>;

export type Pool = Readonly<{
  put(
    key: Readonly<{ id: ActorId; secret: string; weight: number; rests: ReadonlyMap<Scope, Rest> }>,
  ): void;
  drop(id: ActorId): void;
  get(id: ActorId): PoolKey | undefined;
  size(): number;
  /** The next key. Only a request's first attempt may probe, so that keys waking together do not eat its budget. */
  take(model: string, mayProbe: boolean): Taken | undefined;
  /** This very key, when it is ready for the model or waits for a probe: what is tied to it can probe no other. */
  takeThis(id: ActorId, model: string): Taken | undefined;
  /** Ends a take. Answers true when it proved that a guessed rest is over. */
  settle(taken: Taken, succeeded: boolean): boolean;
  /** Rests a key here and now, before the log has it. A rest that ends earlier than a present one changes nothing. */
  rest(id: ActorId, scope: Scope, rest: Rest): void;
  /** Rests a key that is about to be disabled; until then it is not among the usable ones. */
  condemn(id: ActorId, untilMs: number): void;
  /** True when no other key is usable: resting ones are, those about to be disabled are not. */
  isLastUsable(id: ActorId): boolean;
  /** Forgets what was only seen here, of one scope or of all: an operator woke the key. */
  forget(id: ActorId, scope?: Scope): void;
  /** The whole provider rests until then. */
  restAll(untilMs: number): void;
  /** Until when the whole provider rests (epoch); may be over. */
  restsUntilMs(): number;
  /** When the first key but these can be taken for the model (epoch); undefined when there is none. */
  wakesAtMs(model: string, except?: ReadonlySet<ActorId>): number | undefined;
  /** Called whenever a key becomes takeable. */
  onReady(listener: () => void): void;
  stop(): void;
}>;

/** A probe that is never given back must not keep its key out for ever; no request is under way for so long. */
const longestProbeMs = 15 * 60_000;

const none: ReadonlySet<ActorId> = new Set();

export function createPool(now: () => number): Pool {
  const keys = new Map<ActorId, PoolKey>();
  const lanes = createLanes(keys, now);
  const condemned = new Map<ActorId, number>();
  const readyListeners = new Set<() => void>();
  let providerRestsUntilMs = 0;

  const tellReady = () => {
    for (const listener of readyListeners) listener();
  };
  const deadlines = createDeadlines<PoolKey | 'provider'>(now, (due) => {
    if (due === 'provider') tellReady();
    else place(due);
  });
  /** The clock is looked at only where a rest was told of: this is asked for each request. */
  const doesProviderRest = () => providerRestsUntilMs > 0 && providerRestsUntilMs > now();

  /** Puts a key where it belongs now and sets the time at which to look again. */
  const place = (key: PoolKey) => {
    if (keys.get(key.id) !== key) return;
    const nowMs = now();
    if (key.underProbe !== undefined && key.probeEndsMs <= nowMs) key.underProbe = undefined;
    for (const [scope, rest] of key.provisional) {
      if (!rest.guessed && rest.untilMs <= nowMs) key.provisional.delete(scope);
    }
    const became = lanes.place(key);
    deadlines.set(key, nextChangeMs(key, nowMs));
    if (became) tellReady();
  };

  const probe = (key: PoolKey, model: string): Taken => {
    const scope = standing(key, wholeKey, now()) === 'to-probe' ? wholeKey : model;
    key.underProbe = scope;
    key.probeEndsMs = now() + longestProbeMs;
    place(key);
    return { key, probes: scope };
  };

  const rest = (id: ActorId, scope: Scope, { untilMs, guessed }: Rest) => {
    const key = keys.get(id);
    if (!key || (key.provisional.get(scope)?.untilMs ?? 0) >= untilMs) return;
    key.provisional.set(scope, { untilMs, guessed, sinceMs: now() });
    key.proved.delete(scope);
    place(key);
  };

  return {
    put({ id, secret, weight, rests }) {
      const key = keys.get(id) ?? newPoolKey(id);
      Object.assign(key, { secret, weight, rests });
      // What was proved here holds until the log shows another rest.
      for (const scope of key.proved) {
        const present = rests.get(scope);
        if (!present || present.untilMs > now()) key.proved.delete(scope);
      }
      for (const [scope, seen] of key.provisional) {
        if ((rests.get(scope)?.untilMs ?? 0) >= seen.untilMs) key.provisional.delete(scope);
      }
      keys.set(id, key);
      place(key);
    },
    drop(id) {
      const key = keys.get(id);
      if (!key) return;
      lanes.leave(key);
      deadlines.set(key, undefined);
      keys.delete(id);
      condemned.delete(id);
    },
    get: (id) => keys.get(id),
    size: () => keys.size,
    take(model, mayProbe) {
      if (doesProviderRest()) return undefined;
      const lane = lanes.of(model);
      const toProbe = mayProbe ? lane.toProbe.take() : undefined;
      if (toProbe) return probe(toProbe, model);
      const key = lane.ready.take();
      return key && { key, probes: undefined };
    },
    takeThis(id, model) {
      const key = keys.get(id);
      if (!key || doesProviderRest()) return undefined;
      const lane = lanes.of(model);
      if (lane.ready.touch(key)) return { key, probes: undefined };
      return lane.toProbe.has(key) ? probe(key, model) : undefined;
    },
    settle({ key, probes }, succeeded) {
      if (probes === undefined || key.underProbe !== probes) return false;
      key.underProbe = undefined;
      const isProved = succeeded && standing(key, probes, now()) === 'to-probe';
      if (isProved) {
        key.proved.add(probes);
        key.provisional.delete(probes);
      }
      place(key);
      return isProved;
    },
    rest,
    condemn(id, untilMs) {
      condemned.set(id, untilMs);
      rest(id, wholeKey, { untilMs, guessed: false });
    },
    isLastUsable(id) {
      for (const [other, untilMs] of condemned) if (untilMs <= now()) condemned.delete(other);
      const isCounted = keys.has(id) && !condemned.has(id);
      return keys.size - condemned.size - (isCounted ? 1 : 0) <= 0;
    },
    forget(id, scope) {
      const key = keys.get(id);
      if (!key) return;
      if (scope === undefined) {
        key.provisional.clear();
        key.suspectedAtMs = 0;
        condemned.delete(id);
      } else key.provisional.delete(scope);
      place(key);
    },
    restAll(untilMs) {
      providerRestsUntilMs = untilMs;
      deadlines.set('provider', doesProviderRest() ? untilMs : undefined);
      if (!doesProviderRest()) tellReady();
    },
    restsUntilMs: () => providerRestsUntilMs,
    wakesAtMs(model, except = none) {
      if (doesProviderRest()) return providerRestsUntilMs;
      const atMs = lanes.wakesAtMs(model, except);
      return atMs === undefined ? undefined : Math.max(atMs, now());
    },
    onReady: (listener) => void readyListeners.add(listener),
    stop: () => deadlines.stop(),
  };
}
