/** The targets of one request, how it has fared at each, and which is asked next. */
import type { ActorId } from '../../events/ids.ts';
import type { Breakers } from '../breakers/breakers.ts';
import type { Pool, Taken } from '../keyRing/pool.ts';
import { hasMoreRoom } from './contextLength.ts';
import type { ChoiceRequest, KeyChoice } from './keyChoice.ts';
import type { Target } from './providers.ts';

/** One target: it is what a key is chosen for. */
export type Leg = {
  readonly target: Target;
  readonly pool: Pool;
  readonly model: string;
  readonly ties: ChoiceRequest['ties'];
  readonly patience: ChoiceRequest['patience'];
  readonly client: ChoiceRequest['client'];
  readonly isKeyless: boolean;
  isFirst: boolean;
  avoid: ReadonlySet<ActorId>;
  /** The key in hand for the next attempt; null where the provider wants none. */
  taken: Taken | null;
  /** Failures here that were the provider's. */
  transients: number;
  /** When the provider's breaker lets the next one through, as it said last; 0 when it let this one through. */
  openUntilMs: number;
  /** This request does not come back here. */
  isSpent: boolean;
};

const none: ReadonlySet<ActorId> = new Set();

export const legOf = (
  target: Target,
  pool: Pool,
  ties: Leg['ties'],
  patience: Leg['patience'],
  client: Leg['client'],
): Leg => ({
  target,
  pool,
  model: target.model,
  ties,
  patience,
  client,
  isKeyless: target.provider.auth === 'none' && pool.size() === 0,
  isFirst: true,
  avoid: none,
  taken: null,
  transients: 0,
  openUntilMs: 0,
  isSpent: false,
});

type Gate = Pick<Breakers, 'admits' | 'release'>;

/** Whether the breaker lets the request through; then it must hear what became of it, or have it released. */
export function isAdmitted(leg: Leg, breakers: Gate): boolean {
  const admission = breakers.admits(leg.target.provider.id);
  leg.openUntilMs = admission === true ? 0 : admission.readyAtMs;
  return admission === true;
}

/** The first that can be asked at once, let through and with a key in hand: one whose keys rest is passed over. */
export function readyLeg(
  legs: readonly Leg[],
  keyChoice: Pick<KeyChoice, 'take'>,
  breakers: Gate,
  isFirst: boolean,
): Leg | undefined {
  for (const leg of legs) {
    if (leg.isSpent || !isAdmitted(leg, breakers)) continue;
    leg.isFirst = isFirst;
    const taken = leg.isKeyless ? null : keyChoice.take(leg);
    if (taken !== undefined) {
      leg.taken = taken;
      return leg;
    }
    breakers.release(leg.target.provider.id);
  }
  return undefined;
}

const keyAtMs = ({ isKeyless, pool, model, avoid }: Leg): number =>
  isKeyless ? 0 : (pool.wakesAtMs(model, avoid) ?? Number.POSITIVE_INFINITY);

const readyAtMs = (leg: Leg): number => Math.max(leg.openUntilMs, keyAtMs(leg));

/** When no leg is ready: the one to wait for. Undefined when the request is through with all. */
export function soonestLeg(legs: readonly Leg[]): Leg | undefined {
  let soonest: Leg | undefined;
  for (const leg of legs) {
    if (leg.isSpent) continue;
    if (!soonest || readyAtMs(leg) < readyAtMs(soonest)) soonest = leg;
  }
  return soonest;
}

/** Whether another one could be asked now, should this one stay silent. */
export function hasAnother(
  legs: readonly Leg[],
  { target }: Leg,
  breakers: Gate,
  now: () => number,
): boolean {
  if (legs.length === 1) return false;
  return legs.some((leg) => {
    if (leg.target === target || leg.isSpent || keyAtMs(leg) > now()) return false;
    const { id } = leg.target.provider;
    if (breakers.admits(id) !== true) return false;
    breakers.release(id);
    return true;
  });
}

/** A key that does not rest and yet cannot help this request. */
export const avoidKey = (leg: Leg, id: ActorId): void => {
  leg.avoid = new Set(leg.avoid).add(id);
};

/** What did not fit into this one's context is no matter for one that has no more room. */
export function leaveTooSmall(legs: readonly Leg[], { target }: Leg): void {
  for (const leg of legs) {
    if (!hasMoreRoom(leg.target.contextLength, target.contextLength)) leg.isSpent = true;
  }
}
