/** A vault without a store: secrets in a map, for tests that care about keys and not about encryption. */
import { LogUnavailable } from '../../events/log.ts';
import { SecretDoesNotOpen, type Vault } from '../../server/vault.ts';

export type MemoryVault = Vault &
  Readonly<{
    /** While away, whatever would ask the store throws `LogUnavailable`. */
    setAway: (away: boolean) => void;
    secrets: ReadonlyMap<string, Readonly<{ origin: string; secret: string }>>;
    /** How often a secret was asked for. */
    opened: () => number;
  }>;

export function memoryVault(now: () => number = Date.now): MemoryVault {
  const secrets = new Map<string, { origin: string; secret: string; writtenAtMs: number }>();
  let isAway = false;
  let opened = 0;
  const mustBeThere = () => {
    if (isAway) throw new LogUnavailable('the vault does not answer');
  };
  return {
    secrets,
    opened: () => opened,
    setAway(away) {
      isAway = away;
    },
    async put(secretRef, origin, secret) {
      mustBeThere();
      if (secrets.has(secretRef)) throw new Error(`${secretRef} is there already`);
      secrets.set(secretRef, { origin, secret, writtenAtMs: now() });
    },
    async open(secretRef, origin) {
      opened += 1;
      mustBeThere();
      const found = secrets.get(secretRef);
      if (found && found.origin !== origin) throw new SecretDoesNotOpen(secretRef);
      return found?.secret;
    },
    async erase(secretRef) {
      mustBeThere();
      secrets.delete(secretRef);
    },
    async list() {
      mustBeThere();
      return [...secrets].map(([secretRef, { writtenAtMs }]) => ({ secretRef, writtenAtMs }));
    },
    fingerprint: (secret) => Bun.hash(secret).toString(16).padStart(16, '0'),
    hash: (credential) => Bun.hash(credential).toString(16),
    derive: (purpose) => Bun.hash(`derived ${purpose}`).toString(16),
  };
}
