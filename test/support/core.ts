/** The actors and the key ring of one gateway, over any log: all of it real but the vault. */
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from '../../actors/runtime/runtime.ts';
import type { StoredEvent } from '../../events/event.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import { createPools, type Pools } from '../../server/keyRing/pools.ts';
import { createVerdicts, type Verdicts } from '../../server/keyRing/verdicts.ts';
import { createProviderKeys, type ProviderKeys } from '../../server/providers/providerKeys.ts';
import type { Vault } from '../../server/vault.ts';

const coreKinds: readonly AnyActorKind[] = [providerKind, providerKeyKind, clientKeyKind];

type CoreOptions<AnyVault extends Vault> = Readonly<{
  log: EventLog;
  vault: AnyVault;
  now?: () => number;
  runtime?: Partial<RuntimeOptions>;
}>;

export type Core<AnyVault extends Vault = Vault> = Readonly<{
  runtime: Runtime;
  vault: AnyVault;
  pools: Pools;
  verdicts: Verdicts;
  providerKeys: ProviderKeys;
  /** What no caller was there to be told. */
  errors: readonly string[];
  addProvider: (id?: string, baseUrl?: string) => Promise<ActorId>;
  /** Keys `secret-of-key-0001` … of the provider; resolves when they are in its pool. */
  addKeys: (count: number, provider?: string) => Promise<ActorId[]>;
  stop: () => Promise<void>;
}>;

let gateways = 0;

export async function startCore<AnyVault extends Vault>({
  log,
  vault,
  now = Date.now,
  runtime: more,
}: CoreOptions<AnyVault>): Promise<Core<AnyVault>> {
  const errors: string[] = [];
  const onError = (error: unknown, about: string) => void errors.push(`${about}: ${String(error)}`);
  const runtime = createRuntime({
    log,
    kinds: coreKinds,
    gatewayId: `gateway-${++gateways}`,
    now,
    effects: {
      async EraseSecret(effect) {
        const { secretRef } = effect as { type: string; secretRef: string };
        await vault.erase(secretRef);
        return { type: 'EraseSecretDone', secretRef };
      },
    },
    onError,
    ...more,
  });
  await runtime.start();
  const providerKeys = createProviderKeys(runtime, vault, now);
  const pools = createPools({ runtime, vault, now, onError });
  await pools.start();
  const verdicts = createVerdicts({ runtime, pools, now, onError });

  return {
    runtime,
    vault,
    pools,
    verdicts,
    providerKeys,
    errors,
    async addProvider(id = 'openai', baseUrl = 'https://api.openai.com/v1') {
      const added = {
        name: id,
        dialect: 'openai',
        baseUrl,
        auth: 'bearer',
        source: 'api',
      } as const;
      await runtime
        .of(providerKind)
        .ask(
          actorId(id),
          { type: 'AddProvider', ...added, createdAtMs: now() },
          runtime.ownCause(),
        );
      return actorId(id);
    },
    async addKeys(count, provider = 'openai') {
      const ids: ActorId[] = [];
      for (let number = 1; number <= count; number++) {
        const secret = `secret-of-key-${String(number).padStart(4, '0')}`;
        const { id } = await providerKeys.add(
          { provider, secret, source: 'api' },
          runtime.ownCause(),
        );
        ids.push(id);
      }
      await pools.settled();
      return ids;
    },
    async stop() {
      verdicts.stop();
      pools.stop();
      await runtime.stop();
    },
  };
}

/** The events of one actor, oldest first. */
export async function eventsOf(
  log: EventLog,
  id: ActorId,
  kind: 'provider-key' | 'provider' = 'provider-key',
): Promise<StoredEvent[]> {
  const messages = await log.read({ kind, id });
  return messages.flatMap((message) => (message.ok ? [message.event] : []));
}
export const typesOf = async (...of: Parameters<typeof eventsOf>): Promise<string[]> =>
  (await eventsOf(...of)).map(({ type }) => type);
