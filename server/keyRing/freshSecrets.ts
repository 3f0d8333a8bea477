/** A vault that gives back once, from memory, what this process has just put in: who imports keys uses them next. */
import { LRUCache } from 'lru-cache';
import type { Vault } from '../vault.ts';

/** As many as one import may bring. */
const mostKept = 10_000;
/** What nobody asked for by then is not going to be. */
const keptMs = 60_000;

export function withFreshSecrets(vault: Vault): Vault {
  const fresh = new LRUCache<string, Readonly<{ origin: string; secret: string }>>({
    max: mostKept,
    ttl: keptMs,
  });
  return {
    ...vault,
    async put(secretRef, origin, secret) {
      await vault.put(secretRef, origin, secret);
      fresh.set(secretRef, { origin, secret });
    },
    async open(secretRef, origin) {
      const kept = fresh.get(secretRef);
      fresh.delete(secretRef);
      return kept?.origin === origin ? kept.secret : vault.open(secretRef, origin);
    },
    async erase(secretRef) {
      fresh.delete(secretRef);
      await vault.erase(secretRef);
    },
  };
}
