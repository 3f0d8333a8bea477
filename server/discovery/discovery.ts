/** What the providers offer: each one's own list of models, asked for when it is wanted and kept for a while. */
import { providerKind } from '../../actors/provider/provider.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Dialect } from '../../events/provider.ts';
import type { Discovered, Provider } from '../proxy/providers.ts';
import type { Settings } from '../settings/settings.ts';
import { askProvider, type AskDeps } from './askProvider.ts';
import { indexOffers, type Offers, type OffersIndex } from './indexOffers.ts';
import type { Offered } from './offered.ts';

export type Discovery = Readonly<{
  /** What every usable provider of a dialect offers, the dialect's default first; who fails is left out. */
  offers(dialect: Dialect): Promise<readonly Offers[]>;
  /** From what is known already: costs a look-up, and nothing where only the default providers are there. */
  discovered: Discovered;
  /** Asks those providers whose models can be named without a prefix; resolves when they have answered, or failed. */
  warm(): Promise<void>;
  /** May be called twice. */
  stop(): void;
}>;

type Options = AskDeps &
  Readonly<{
    runtime: Pick<Runtime, 'of'>;
    settings: Pick<Settings['values'], 'cacheEnabled' | 'cacheTtlSeconds'>;
    now: () => number;
    /** Told that a provider is left out, and why. */
    onFailure: (provider: string, reason: string) => void;
  }>;

type Entry = {
  /** Whose list it is: one of another address is none of this one's. */
  readonly address: string;
  models: ReadonlyMap<string, Offered> | undefined;
  readAtMs: number;
  staleAtMs: number;
  refreshing: Promise<void> | undefined;
};

const retryMs = 30_000;
/** A provider that fails keeps its last list so long. */
const keptMs = 60 * 60_000;
/** Many keys that come at once are one reason to ask. */
const warmAfterMs = 200;
/** These change who can be asked for what. */
const changesKeys = /^ProviderKey(Added|SecretReplaced|Enabled|Disabled|Removed|LeftSource)$/;
const dialects = ['openai', 'anthropic', 'gemini'] as const satisfies readonly Dialect[];

export function createDiscovery(options: Options): Discovery {
  const { runtime, pools, settings, now, onFailure } = options;
  const actors = runtime.of(providerKind);
  const entries = new Map<string, Entry>();
  const stopping = new AbortController();
  let index: OffersIndex | undefined;
  let warming: ReturnType<typeof setTimeout> | undefined;

  const isUsable = ({ id, auth }: Provider) => auth === 'none' || pools.of(id).size() > 0;

  /** The default provider of a dialect has the dialect's name. */
  const usable = (dialect: Dialect): Provider[] => {
    const found: Provider[] = [];
    for (const { id, state } of actors.all()) {
      const { value, context } = state;
      if (context.dialect !== dialect || (value !== 'active' && value !== 'resting')) continue;
      const provider = { id, dialect, baseUrl: context.baseUrl, auth: context.auth };
      if (isUsable(provider)) found.push(provider);
    }
    const rank = ({ id }: Provider) => (id === dialect ? '' : id);
    return found.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  };

  const entryOf = ({ id, dialect, baseUrl, auth }: Provider): Entry => {
    const address = `${dialect} ${auth} ${baseUrl}`;
    const known = entries.get(id);
    if (known?.address === address) return known;
    const entry = { address, models: undefined, readAtMs: 0, staleAtMs: 0, refreshing: undefined };
    entries.set(id, entry);
    return entry;
  };

  const read = async (provider: Provider, entry: Entry): Promise<void> => {
    try {
      const models = await askProvider(options, provider, stopping.signal);
      entry.models = new Map(models.map((model) => [model.id, model]));
      entry.readAtMs = now();
      entry.staleAtMs = entry.readAtMs + settings.cacheTtlSeconds * 1_000;
    } catch (error) {
      if (stopping.signal.aborted) return;
      onFailure(provider.id, error instanceof Error ? error.message : String(error));
      if (now() - entry.readAtMs > keptMs) entry.models = undefined;
      entry.staleAtMs = now() + Math.min(retryMs, settings.cacheTtlSeconds * 1_000);
    } finally {
      entry.refreshing = undefined;
      index = undefined;
    }
  };

  const refresh = (provider: Provider, entry: Entry): Promise<void> =>
    (entry.refreshing ??= read(provider, entry));

  const known = async (provider: Provider): Promise<Offers | undefined> => {
    const entry = entryOf(provider);
    const isStale = now() >= entry.staleAtMs;
    if (!settings.cacheEnabled || (isStale && !entry.models)) await refresh(provider, entry);
    else if (isStale) void refresh(provider, entry);
    return entry.models && { provider, models: entry.models };
  };

  const build = (): OffersIndex =>
    indexOffers(
      settings.cacheEnabled ? dialects : [],
      usable,
      (provider) => entries.get(provider.id) && entryOf(provider),
    );

  const warmDialect = async (dialect: Dialect) => {
    const stale = usable(dialect).filter((provider) => now() >= entryOf(provider).staleAtMs);
    await Promise.all(stale.map((provider) => refresh(provider, entryOf(provider))));
  };

  const warm = async () => {
    warming = undefined;
    // A key that was just added may still be on its way out of the vault.
    await pools.settled();
    index = build();
    await Promise.all([...index.keys()].map(warmDialect));
  };

  const warmSoon = () => {
    index = undefined;
    if (!stopping.signal.aborted) warming ??= setTimeout(() => void warm(), warmAfterMs);
  };

  const unsubscribes = [
    actors.subscribe(({ id }, { type }) => {
      if (type === 'ProviderRested' || type === 'ProviderRecovered') return;
      if (type === 'ProviderRemoved') entries.delete(id);
      warmSoon();
    }),
    runtime.of(providerKeyKind).subscribe(({ state }, { type }) => {
      if (!changesKeys.test(type)) return;
      const entry = entries.get(state.context.provider);
      if (entry) entry.staleAtMs = 0;
      warmSoon();
    }),
  ];

  return {
    async offers(dialect) {
      const all = await Promise.all(usable(dialect).map(known));
      return all.filter((one) => one !== undefined);
    },
    discovered(dialect, model) {
      const offered = (index ??= build()).get(dialect);
      if (!offered) return undefined;
      if (now() >= offered.staleAtMs) {
        offered.staleAtMs = now() + retryMs;
        void warmDialect(dialect);
      }
      return offered.providerOf.get(model);
    },
    warm,
    stop() {
      stopping.abort();
      clearTimeout(warming);
      for (const unsubscribe of unsubscribes.splice(0)) unsubscribe();
    },
  };
}
