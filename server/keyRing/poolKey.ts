/** A key in a pool, and how it stands: for everything, and for one model. */
import type { ActorId } from '../../events/ids.ts';

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
  /** The scope that a request is probing at this moment, and when that request is given up. */
  underProbe: Scope | undefined;
  probeEndsMs: number;
  /** Models that rest or rested. */
  models: ReadonlySet<Scope>;
  /** When this process last saw its credential refused (epoch). */
  suspectedAtMs: number;
};

export type Standing = 'ready' | 'to-probe' | 'resting';

export function newPoolKey(id: ActorId): PoolKey {
  return {
    id,
    secret: '',
    weight: 1,
    rests: new Map(),
    provisional: new Map(),
    proved: new Set(),
    underProbe: undefined,
    probeEndsMs: 0,
    models: new Set(),
    suspectedAtMs: 0,
  };
}

export function standing(key: PoolKey, scope: Scope, nowMs: number): Standing {
  const rest = key.rests.get(scope);
  const seen = key.provisional.get(scope);
  if ((rest && rest.untilMs > nowMs) || (seen && seen.untilMs > nowMs)) return 'resting';
  if (key.proved.has(scope) || !(rest?.guessed || seen?.guessed)) return 'ready';
  return 'to-probe';
}

/** How the key stands for a model: as badly as the key or the model does. */
export function standingFor(key: PoolKey, model: Scope, nowMs: number): Standing {
  const whole = standing(key, wholeKey, nowMs);
  if (whole === 'resting' || model === wholeKey) return whole;
  const own = standing(key, model, nowMs);
  return own === 'ready' ? whole : own;
}

/** When the rests of the key and of the model are over (epoch); 0 without any. */
export function restsUntilMs(key: PoolKey, model: Scope): number {
  return Math.max(
    key.rests.get(wholeKey)?.untilMs ?? 0,
    key.provisional.get(wholeKey)?.untilMs ?? 0,
    key.rests.get(model)?.untilMs ?? 0,
    key.provisional.get(model)?.untilMs ?? 0,
  );
}

/** The next moment after `nowMs` at which the key may stand otherwise by itself. */
export function nextChangeMs(key: PoolKey, nowMs: number): number | undefined {
  let earliest = Infinity;
  const look = (atMs: number) => {
    if (atMs > nowMs && atMs < earliest) earliest = atMs;
  };
  for (const { untilMs } of key.rests.values()) look(untilMs);
  for (const { untilMs } of key.provisional.values()) look(untilMs);
  if (key.underProbe !== undefined) look(key.probeEndsMs);
  return earliest === Infinity ? undefined : earliest;
}
