/** Which provider a bare model name leads to, beside the default of its dialect. */
import type { Dialect } from '../../events/provider.ts';
import type { Provider } from '../proxy/providers.ts';
import type { Offered } from './offered.ts';

export type Offers = Readonly<{ provider: Provider; models: ReadonlyMap<string, Offered> }>;

/** Only of dialects that have more than their default provider. */
export type OffersIndex = ReadonlyMap<
  Dialect,
  { readonly providerOf: ReadonlyMap<string, string>; staleAtMs: number }
>;

type Known = Readonly<{ models: ReadonlyMap<string, Offered> | undefined; staleAtMs: number }>;

/**
 * A model leads to the one provider that offers it. What the default offers stays with the default, and what several
 * offer too; nothing leads away from a default whose list is not known.
 */
export function indexOffers(
  dialects: readonly Dialect[],
  usable: (dialect: Dialect) => readonly Provider[],
  knownOf: (provider: Provider) => Known | undefined,
): OffersIndex {
  const index: Map<Dialect, { providerOf: Map<string, string>; staleAtMs: number }> = new Map();
  for (const dialect of dialects) {
    const providers = usable(dialect);
    if (!providers.some(({ id }) => id !== dialect)) continue;
    const providerOf = new Map<string, string>();
    const several = new Set<string>();
    let staleAtMs = Number.POSITIVE_INFINITY;
    let isDefaultKnown = true;
    for (const provider of providers) {
      const known = knownOf(provider);
      staleAtMs = Math.min(staleAtMs, known?.staleAtMs ?? 0);
      if (provider.id === dialect) isDefaultKnown = known?.models !== undefined;
      for (const model of known?.models?.keys() ?? []) {
        if (providerOf.has(model)) several.add(model);
        providerOf.set(model, provider.id);
      }
    }
    for (const [model, id] of providerOf) {
      if (id === dialect || several.has(model) || !isDefaultKnown) providerOf.delete(model);
    }
    index.set(dialect, { providerOf, staleAtMs });
  }
  return index;
}
