/** Every provider's pool of keys, kept true by the provider-key and provider actors. */
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import type { ProviderState } from '../../actors/provider/machine.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import type { Current, Runtime } from '../../actors/runtime/runtime.ts';
import { isActorId, type ActorId } from '../../events/ids.ts';
import { originOf } from '../providerKeys.ts';
import type { Vault } from '../vault.ts';
import { createPool, wholeKey, type Pool, type Rest, type Scope } from './pool.ts';

export type Pools = Readonly<{
  /** Loads every enabled key's secret and follows the actors from then on. */
  start(): Promise<void>;
  of(provider: string): Pool;
  /** The pool that holds this key. */
  holding(id: ActorId): Pool | undefined;
  /** Resolves when every secret that is being loaded is there. */
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

const retryMs = 1_000;
const loadAtOnce = 64;

const restsOf = ({ value, context }: ProviderKeyState): Map<Scope, Rest> => {
  const rests = new Map<Scope, Rest>(Object.entries(context.models));
  if (value === 'resting' && context.rest) rests.set(wholeKey, context.rest);
  return rests;
};

export function createPools({ runtime, vault, now, onError }: Options): Pools {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);
  const pools = new Map<string, Pool>();
  const homes = new Map<ActorId, Readonly<{ pool: Pool; secretRef: string; secret: string }>>();
  const waiting: (() => Promise<void>)[] = [];
  const retries = new Set<ReturnType<typeof setTimeout>>();
  let loading = 0;
  let settle: (() => void)[] = [];

  const of = (provider: string): Pool => {
    const pool = pools.get(provider) ?? createPool(now);
    pools.set(provider, pool);
    return pool;
  };

  const drop = (id: ActorId) => {
    homes.get(id)?.pool.drop(id);
    homes.delete(id);
  };

  const load = async (id: ActorId) => {
    const current = keys.get(id);
    if (!current || !isEnabled(current)) return;
    const { secretRef, origin } = current.state.context;
    try {
      const secret = await vault.open(secretRef, origin);
      const newest = keys.get(id);
      if (!newest || newest.state.context.secretRef !== secretRef || !isEnabled(newest)) return;
      if (secret === undefined) {
        onError(
          new Error('its secret is not in the vault; enter the key again'),
          `provider-key ${id}`,
        );
        return;
      }
      homes.set(id, { pool: of(newest.state.context.provider), secretRef, secret });
      place(newest);
    } catch (error) {
      onError(error, `opening the secret of provider-key ${id}`);
      const timer = setTimeout(() => {
        retries.delete(timer);
        enqueue(id);
      }, retryMs);
      retries.add(timer);
    }
  };

  const enqueue = (id: ActorId) => {
    waiting.push(() => load(id));
    if (loading < loadAtOnce) void work();
  };

  const work = async () => {
    loading += 1;
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
    loading -= 1;
    if (loading > 0) return;
    for (const done of settle) done();
    settle = [];
  };

  /** A key goes to the origin it was entered for, and to no other. */
  const isEnabled = ({ state }: ProviderKey) => {
    if (state.value !== 'healthy' && state.value !== 'resting') return false;
    const { provider, origin } = state.context;
    const baseUrl = isActorId(provider) && providers.get(provider)?.state.context.baseUrl;
    return baseUrl && originOf(baseUrl) === origin;
  };

  const place = (current: ProviderKey) => {
    const { id, state } = current;
    if (!isEnabled(current)) {
      drop(id);
      return;
    }
    const home = homes.get(id);
    if (home?.secretRef !== state.context.secretRef) {
      drop(id);
      enqueue(id);
      return;
    }
    home.pool.put({ id, secret: home.secret, weight: state.context.weight, rests: restsOf(state) });
  };

  const restProvider = ({ id, state }: Current<ProviderState>) =>
    of(id).restAll(state.value === 'resting' ? (state.context.lastRest?.untilMs ?? 0) : 0);

  const unsubscribes: (() => void)[] = [];
  return {
    async start() {
      unsubscribes.push(
        keys.subscribe((current, event) => {
          // What was only seen here gives way to the operator's word.
          if (event.type === 'ProviderKeyRecovered' && event.data.cause === 'operator') {
            homes.get(current.id)?.pool.forget(current.id);
          }
          place(current);
        }),
        providers.subscribe((current, event) => {
          restProvider(current);
          if (event.type === 'ProviderRested' || event.type === 'ProviderRecovered') return;
          for (const key of keys.all()) if (key.state.context.provider === current.id) place(key);
        }),
      );
      for (const current of providers.all()) restProvider(current);
      for (const current of keys.all()) place(current);
      await this.settled();
    },
    of,
    holding: (id) => homes.get(id)?.pool,
    settled: () =>
      loading === 0 ? Promise.resolve() : new Promise((resolve) => settle.push(() => resolve())),
    stop() {
      for (const unsubscribe of unsubscribes.splice(0)) unsubscribe();
      for (const timer of retries) clearTimeout(timer);
      for (const pool of pools.values()) pool.stop();
    },
  };
}
