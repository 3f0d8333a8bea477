/** Provider keys as operators enter them: one by one or ten thousand at once, each secret once per provider. */
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Cause } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import { findActor } from '../http/findActor.ts';
import { Problem } from '../http/problem.ts';
import type { NewProviderKey } from './providerKeys.ts';
import type { Services } from '../services.ts';

export type Imported = Readonly<{
  added: number;
  existing: number;
  invalid: { line: number; reason: string }[];
}>;

type KeyIntakeDeps = Pick<Services, 'runtime' | 'vault' | 'providerKeys'>;
type Answer = Awaited<ReturnType<Services['providerKeys']['add']>>;

export type KeyIntake = Readonly<{
  /** @throws {Problem} when there is no such provider, or the secret is there already. */
  add(key: Omit<NewProviderKey, 'source'>, cause: Cause): Promise<Answer>;
  replace(id: ActorId, secret: string, cause: Cause): Promise<void>;
  /** Runs again without harm; what was added before counts as existing. */
  importAll(provider: string, lines: readonly string[], cause: Cause): Promise<Imported>;
}>;

export const mostImported = 10_000;
const addAtOnce = 256;

export function createKeyIntake({ runtime, vault, providerKeys }: KeyIntakeDeps): KeyIntake {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);

  /** Ids by fingerprint: after a secret was replaced, a key's id no longer tells which it holds. */
  const fingerprintsOf = (provider: string): Map<string, ActorId> => {
    const found = new Map<string, ActorId>();
    for (const { id, state } of keys.all()) {
      if (state.value === 'removed' || state.context.provider !== provider) continue;
      found.set(state.context.fingerprint, id);
    }
    return found;
  };

  const mustBeNew = (provider: string, secret: string, mayBe?: ActorId) => {
    const twin = fingerprintsOf(provider).get(vault.fingerprint(secret));
    if (twin === undefined || twin === mayBe) return;
    const remedy = `to enter it anew, PATCH /api/provider-keys/${twin} with {"key": …}`;
    throw new Problem(409, 'ALREADY_EXISTS', `This key is there already, as ${twin}; ${remedy}.`);
  };

  return {
    async add(key, cause) {
      findActor(providers, key.provider, 'PROVIDER_NOT_FOUND');
      mustBeNew(key.provider, key.secret);
      return providerKeys.add({ ...key, source: 'api' }, cause);
    },

    async replace(id, secret, cause) {
      const { provider } = findActor(keys, id, 'KEY_NOT_FOUND').state.context;
      findActor(providers, provider, 'PROVIDER_NOT_FOUND');
      mustBeNew(provider, secret, id);
      await providerKeys.replaceSecret(id, secret, cause);
    },

    async importAll(provider, lines, cause) {
      findActor(providers, provider, 'PROVIDER_NOT_FOUND');
      const known = fingerprintsOf(provider);
      const imported = { added: 0, existing: 0, invalid: [] as Imported['invalid'] };
      const seen = new Set<string>();

      const addOne = async (line: number, secret: string) => {
        const isKnown = seen.has(secret) || known.has(vault.fingerprint(secret));
        seen.add(secret);
        if (isKnown) {
          imported.existing += 1;
          return;
        }
        try {
          await providerKeys.add({ provider, secret, source: 'api' }, cause);
          imported.added += 1;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          if (error.code === 'ALREADY_EXISTS') imported.existing += 1;
          else imported.invalid.push({ line, reason: error.message });
        }
      };

      const entries = lines.map((line) => line.trim()).entries();
      let isBroken = false;
      const work = async () => {
        for (const [index, secret] of entries) {
          if (isBroken) return;
          if (secret === '') continue;
          try {
            await addOne(index + 1, secret);
          } catch (error) {
            isBroken = true;
            throw error;
          }
        }
      };
      await Promise.all(Array.from({ length: addAtOnce }, work));
      imported.invalid.sort((one, other) => one.line - other.line);
      return imported;
    },
  };
}
