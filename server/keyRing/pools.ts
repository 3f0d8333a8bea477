/** Every provider's pool of keys, kept true by the provider-key and provider actors. */
import type { ProviderState } from '../../actors/provider/machine.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { Current, Runtime } from '../../actors/runtime/runtime.ts';
import { isActorId, type ActorId } from '../../events/ids.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { originOf } from '../providers/providerKeys.ts';
import type { Vault } from '../vault.ts';
import { createPool, type Pool } from './pool.ts';
import { wholeKey, type Rest, type Scope } from './poolKey.ts';
import { createSecretLoader } from './secretLoader.ts';

export type Pools = Readonly<{
  /** Loads every enabled key's secret, as far as the vault answers in time, and follows the actors from then on. */
  start(): Promise<void>;
  of(provider: string): Pool;
  /** The pool that holds this key. */
  holding(id: ActorId): Pool | undefined;
  /** Enabled keys that cannot be used yet because the vault does not answer; it is asked again and again. */
  missing(): readonly ActorId[];
  /** Resolves when every secret that is being loaded is there, or has failed once more. */
  settled(): Promise<void>;
  stop(): void;
}>;

type Options = Readonly<{
  runtime: Runtime;
  vault: Vault;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

type ProviderKey = Current<ProviderKeyState>;
type Home = Readonly<{ pool: Pool; secretRef: string; origin: string; secret: string }>;

/** The start waits no longer than this for the vault. */
const startWithinMs = 10_000;

const restsOf = ({ value, context }: ProviderKeyState): Map<Scope, Rest> => {
  const rests = new Map<Scope, Rest>(Object.entries(context.models));
  if (value === 'resting' && context.rest) rests.set(wholeKey, context.rest);
  return rests;
};

export function createPools({ runtime, vault, now, onError }: Options): Pools {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);
  const pools = new Map<string, Pool>();
  const homes = new Map<ActorId, Home>();

  const of = (provider: string): Pool => {
    const pool = pools.get(provider) ?? createPool(now);
    pools.set(provider, pool);
    return pool;
  };

  const drop = (id: ActorId) => {
    homes.get(id)?.pool.drop(id);
    homes.delete(id);
  };

  /** A key goes to the origin it was entered for, and to no other. */
  const isEnabled = ({ state }: ProviderKey) => {
    if (state.value !== 'healthy' && state.value !== 'resting') return false;
    const { provider, origin } = state.context;
    const its = isActorId(provider) ? providers.get(provider)?.state : undefined;
    if (its?.value !== 'active' && its?.value !== 'resting') return false;
    return originOf(its.context.baseUrl) === origin;
  };

  const loader = createSecretLoader({
    vault,
    now,
    onError,
    wanted(id) {
      const current = keys.get(id);
      return current && isEnabled(current) ? current.state.context : undefined;
    },
    onLoaded(id, secret, { secretRef, origin, provider }) {
      homes.set(id, { pool: of(provider), secretRef, origin, secret });
      const current = keys.get(id);
      if (current) place(current);
    },
    onGone: drop,
  });

  const place = (current: ProviderKey) => {
    const { id, state } = current;
    if (!isEnabled(current)) {
      drop(id);
      return;
    }
    const { secretRef, origin, weight } = state.context;
    // While a new secret is loaded the old one serves on, unless it was for another origin.
    if (homes.get(id)?.origin !== origin) drop(id);
    const home = homes.get(id);
    home?.pool.put({ id, secret: home.secret, weight, rests: restsOf(state) });
    if (home?.secretRef !== secretRef) loader.load(id);
  };

  /** What was only seen here gives way to the operator's word, and what an old secret was told to the new one. */
  const forgetFor = (id: ActorId, event: ProviderKeyEvent) => {
    const pool = homes.get(id)?.pool;
    if (event.type === 'ProviderKeySecretReplaced') pool?.forget(id);
    if (event.type === 'ProviderKeyRecovered' && event.data.cause === 'operator') pool?.forget(id);
    if (event.type === 'ProviderKeyModelRecovered' && event.data.cause === 'operator')
      pool?.forget(id, event.data.model);
  };

  const restProvider = ({ id, state }: Current<ProviderState>) =>
    of(id).restAll(state.value === 'resting' ? (state.context.lastRest?.untilMs ?? 0) : 0);

  const unsubscribes: (() => void)[] = [];
  return {
    async start() {
      unsubscribes.push(
        keys.subscribe((current, event) => {
          forgetFor(current.id, event);
          place(current);
        }),
        providers.subscribe((current, event) => {
          if (event.type !== 'ProviderChanged') restProvider(current);
          if (event.type === 'ProviderRested' || event.type === 'ProviderRecovered') return;
          for (const key of keys.all()) if (key.state.context.provider === current.id) place(key);
        }),
      );
      for (const current of providers.all()) restProvider(current);
      for (const current of keys.all()) place(current);
      const { promise: timeIsOver, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, startWithinMs);
      await Promise.race([loader.settled(), timeIsOver]);
      clearTimeout(timer);
    },
    of,
    holding: (id) => homes.get(id)?.pool,
    missing: () => loader.unanswered().filter((id) => !homes.has(id)),
    settled: loader.settled,
    stop() {
      for (const unsubscribe of unsubscribes.splice(0)) unsubscribe();
      loader.stop();
      for (const pool of pools.values()) pool.stop();
    },
  };
}
