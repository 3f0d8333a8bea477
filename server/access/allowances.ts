/** The limits of all client keys: their own, and the usual pace of clients that have none of their own. */
import type { ActorId } from '../../events/ids.ts';
import { createAllowance, type Allowance, type Refused } from './allowance.ts';
import { newRate, setRate, type Rate } from './rate.ts';

/** Null is without. */
export type OwnLimits = Readonly<{
  clientId: string;
  requestsPerMinute: number | null;
  burst: number | null;
  maxConcurrent: number | null;
}>;

export type Allowances = Readonly<{
  /** Sets the limits of a key; null for one that has none. What is under way stays counted. */
  set(id: ActorId, limits: OwnLimits): Allowance | null;
  /** The pace of every client without one of its own, whichever of its keys it shows; null is none. */
  setUsual(requestsPerMinute: number | null): void;
  /** Of requests that come without a client key, all together. */
  anonymous(): Allowance | null;
  drop(id: ActorId): void;
  refused(): Readonly<Refused>;
}>;

type Entry = { readonly allowance: Allowance; clientId: string; own: Rate | null };

export function createAllowances(): Allowances {
  const entries = new Map<ActorId, Entry>();
  /** One for each client, so that a second key is no second helping. */
  const usualRates = new Map<string, Rate>();
  const refused: Refused = { requestsPerMinute: 0, maxConcurrent: 0 };
  const forAnonymous = createAllowance(refused);
  let usual: number | null = null;

  const usualRateOf = (clientId: string): Rate | null => {
    if (usual === null) return null;
    const rate = usualRates.get(clientId) ?? newRate(usual, null);
    usualRates.set(clientId, rate);
    return rate;
  };

  return {
    set(id, { clientId, requestsPerMinute, burst, maxConcurrent }) {
      const entry = entries.get(id) ?? { allowance: createAllowance(refused), clientId, own: null };
      entries.set(id, entry);
      entry.clientId = clientId;
      if (requestsPerMinute === null) entry.own = null;
      else if (entry.own) setRate(entry.own, requestsPerMinute, burst);
      else entry.own = newRate(requestsPerMinute, burst);
      const rate = entry.own ?? usualRateOf(clientId);
      entry.allowance.set(rate, maxConcurrent);
      return rate === null && maxConcurrent === null ? null : entry.allowance;
    },
    setUsual(requestsPerMinute) {
      usual = requestsPerMinute;
      if (usual === null) usualRates.clear();
      else for (const rate of usualRates.values()) setRate(rate, usual, null);
      // No client id is empty.
      forAnonymous.set(usualRateOf(''), null);
    },
    anonymous: () => (usual === null ? null : forAnonymous),
    drop(id) {
      const gone = entries.get(id);
      if (!gone) return;
      entries.delete(id);
      const isShared = [...entries.values()].some(({ clientId }) => clientId === gone.clientId);
      if (!isShared) usualRates.delete(gone.clientId);
    },
    refused: () => refused,
  };
}
