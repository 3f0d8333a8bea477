/** How many keys each provider has, by status; counted again only after a key or a provider has changed. */
import { breakerKind } from '../../actors/breaker/breaker.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';

export type KeyTally = Readonly<{
  total: number;
  healthy: number;
  resting: number;
  disabled: number;
}>;

export type Tally = Readonly<{
  /** By provider id; a provider that was removed is not in it. */
  providers(): ReadonlyMap<string, KeyTally>;
  keys(): KeyTally;
  /** Providers that requests can go to in principle: with keys, or in need of none. */
  backends(): Readonly<{ total: number; healthy: number; unhealthy: number }>;
}>;

export const noKeys: KeyTally = { total: 0, healthy: 0, resting: 0, disabled: 0 };

type Counting = { -readonly [Status in keyof KeyTally]: number };
type Counted = Readonly<{
  providers: ReadonlyMap<string, KeyTally>;
  keys: KeyTally;
  backends: ReturnType<Tally['backends']>;
}>;

export function createTally(runtime: Runtime): Tally {
  const providerActors = runtime.of(providerKind);
  const keyActors = runtime.of(providerKeyKind);
  const breakerActors = runtime.of(breakerKind);
  let counted: Counted | undefined;
  providerActors.subscribe(() => (counted = undefined));
  keyActors.subscribe(() => (counted = undefined));
  breakerActors.subscribe(() => (counted = undefined));

  const count = (): Counted => {
    const providers = new Map<string, Counting>();
    const keys: Counting = { ...noKeys };
    for (const { id, state } of providerActors.all()) {
      if (state.value !== 'removed') providers.set(id, { ...noKeys });
    }
    for (const { state } of keyActors.all()) {
      const { value } = state;
      if (value !== 'healthy' && value !== 'resting' && value !== 'disabled') continue;
      for (const tally of [keys, providers.get(state.context.provider)]) {
        if (!tally) continue;
        tally.total += 1;
        tally[value] += 1;
      }
    }
    let total = 0;
    let healthy = 0;
    for (const { id, state } of providerActors.all()) {
      const tally = providers.get(id);
      const isKeyless = state.context.auth === 'none' && tally?.total === 0;
      if (!tally || (tally.total === 0 && !isKeyless)) continue;
      total += 1;
      const isAsked = state.value === 'active' && breakerActors.get(id)?.state.value !== 'open';
      if (isAsked && (tally.healthy > 0 || isKeyless)) healthy += 1;
    }
    return { providers, keys, backends: { total, healthy, unhealthy: total - healthy } };
  };

  const current = () => (counted ??= count());
  return {
    providers: () => current().providers,
    keys: () => current().keys,
    backends: () => current().backends,
  };
}
