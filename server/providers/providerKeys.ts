/** Puts provider keys in and changes their secrets: the secret is written first, the event second. */
import type { Answer } from '../../actors/runtime/loop.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Cause } from '../../events/event.ts';
import { actorId, isActorId, type ActorId } from '../../events/ids.ts';
import type { ProviderKeyEvent, Source } from '../../events/providerKey.ts';
import { mcpSecretPrefix } from '../mcp/config/keep.ts';
import { dayKeyPrefix } from '../bodies/dayKeys.ts';
import type { Vault } from '../vault.ts';

export type NewProviderKey = Readonly<{
  provider: string;
  secret: string;
  name?: string | undefined;
  weight?: number | undefined;
  source: Source;
}>;

type KeyAnswer = Answer<ProviderKeyState, ProviderKeyEvent>;

export type ProviderKeys = Readonly<{
  /**
   * The same secret has the same id, so adding it twice makes one key. From the environment or a file an
   * existing key is left alone; `fact` is null then.
   * @throws {Refusal} ALREADY_EXISTS by API, NOT_FOUND without such a provider, INVALID for what is no key.
   */
  add(key: NewProviderKey, cause: Cause): Promise<KeyAnswer & Readonly<{ id: ActorId }>>;
  /** Gives a key another secret, bound to its provider's origin of now. */
  replaceSecret(id: ActorId, secret: string, cause: Cause): Promise<KeyAnswer>;
  /** The id that a secret has or would have. */
  idOf(provider: string, secret: string): ActorId;
  /**
   * Erases secrets that no key refers to: a crash came between the secret and its event. Erases nothing while this
   * gateway does not see all that the log says of keys.
   */
  sweep(): Promise<number>;
}>;

/** A secret younger than this may be waiting for its event. */
const orphanAfterMs = 10 * 60_000;
const catchUpMs = 10_000;

/** What people may see of a secret. */
export const mask = (secret: string): string =>
  secret.length < 12 ? '…' : `${secret.slice(0, 4)}…${secret.slice(-4)}`;

export const originOf = (baseUrl: string): string => new URL(baseUrl).origin;

/** @throws {Refusal} for text that cannot stand in a header. */
function mustBeSecret(secret: string): void {
  if (/^[\x21-\x7e]{1,4096}$/.test(secret)) return;
  throw new Refusal(
    'INVALID',
    'a provider key is 1 to 4,096 visible ASCII characters without spaces',
  );
}

export function createProviderKeys(
  runtime: Runtime,
  vault: Vault,
  now: () => number,
): ProviderKeys {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);

  const originOfProvider = (provider: string): string => {
    const state = isActorId(provider) ? providers.get(provider)?.state : undefined;
    if (!state || state.value === 'removed' || state.value === 'unknown') {
      throw new Refusal('NOT_FOUND', `there is no provider "${provider}"`);
    }
    return originOf(state.context.baseUrl);
  };

  const idOf = (provider: string, secret: string): ActorId =>
    actorId(`${provider.slice(0, 50)}-${vault.fingerprint(`${provider}\n${secret}`).slice(0, 12)}`);

  /** Writes the secret, then lets `tell` write the event; without an event the secret goes again. */
  const withSecret = async (
    id: ActorId,
    origin: string,
    secret: string,
    tell: (secretRef: string) => Promise<KeyAnswer>,
  ): Promise<KeyAnswer> => {
    const secretRef = `${id}.${crypto.randomUUID().slice(0, 8)}`;
    await vault.put(secretRef, origin, secret);
    // What cannot be erased now is for the sweep; the answer to the caller stays what it is.
    const eraseAgain = () => vault.erase(secretRef).catch(() => undefined);
    try {
      const answer = await tell(secretRef);
      if (!answer.fact) await eraseAgain();
      return answer;
    } catch (error) {
      // Only a plain "no" is sure to have left no event.
      if (error instanceof Refusal) await eraseAgain();
      throw error;
    }
  };

  return {
    idOf,
    async add({ provider, secret, name, weight = 1, source }, cause) {
      mustBeSecret(secret);
      const origin = originOfProvider(provider);
      const id = idOf(provider, secret);
      const known = keys.get(id);
      const isThere = known && known.state.value !== 'removed' && known.state.value !== 'unknown';
      if (isThere && source === 'api') {
        throw new Refusal('ALREADY_EXISTS', `this key is there already, as ${id}`);
      }
      // What an operator removed stays removed: no need to write its secret first.
      const isRemoved = known?.state.value === 'removed' && source !== 'api';
      if (known && (isThere || isRemoved))
        return { id, fact: null, sequence: known.sequence, state: known.state };
      const answer = await withSecret(id, origin, secret, (secretRef) =>
        keys.ask(
          id,
          {
            type: 'AddProviderKey',
            provider,
            name: name ?? mask(secret),
            secretRef,
            fingerprint: vault.fingerprint(secret),
            masked: mask(secret),
            origin,
            weight,
            source,
            createdAtMs: now(),
          },
          cause,
        ),
      );
      return { id, ...answer };
    },
    async replaceSecret(id, secret, cause) {
      mustBeSecret(secret);
      const known = keys.get(id);
      if (!known) throw new Refusal('NOT_FOUND', `there is no provider key ${id}`);
      const origin = originOfProvider(known.state.context.provider);
      return withSecret(id, origin, secret, (secretRef) =>
        keys.ask(
          id,
          {
            type: 'ReplaceSecret',
            secretRef,
            fingerprint: vault.fingerprint(secret),
            masked: mask(secret),
            origin,
          },
          cause,
        ),
      );
    },
    async sweep() {
      const listed = await vault.list();
      // A key that this version cannot read has a secret all the same, and so has one that is yet to be heard of.
      if (!(await runtime.catchUp(catchUpMs)) || runtime.stats().unreadable > 0) return 0;
      const needed = new Set<string>();
      for (const { state } of keys.all()) {
        needed.add(state.context.secretRef);
        for (const secretRef of state.context.secretsToErase) needed.add(secretRef);
      }
      const orphans = listed.filter(
        ({ secretRef, writtenAtMs }) =>
          !needed.has(secretRef) &&
          !secretRef.startsWith(dayKeyPrefix) &&
          !secretRef.startsWith(mcpSecretPrefix) &&
          writtenAtMs < now() - orphanAfterMs,
      );
      for (const { secretRef } of orphans) await vault.erase(secretRef);
      return orphans.length;
    },
  };
}
