/** The targets of a model route, in the order in which one request asks them. */
import { LRUCache } from 'lru-cache';
import type { Affinity } from '../keyRing/affinity.ts';
import type { Ties } from './keyChoice.ts';
import type { Pools } from '../keyRing/pools.ts';
import type { ModelRoute } from '../modelRoutes/modelRoutes.ts';
import { createTurns, type Turns } from '../modelRoutes/turns.ts';
import type { Incoming } from './incoming.ts';
import type { Providers, Target } from './providers.ts';
import { canAnswer, speaks } from './wire.ts';

export type Routing = Readonly<{
  /** Those that have an endpoint for the request; none where one of them does not even speak its dialect. */
  targetsOf(route: ModelRoute, incoming: Incoming): readonly Target[];
  /**
   * The same, as far as the request is bound to one: what a key made only that key's provider knows; and a
   * conversation stays with the target that answered it last, which keeps its prompt cache warm.
   */
  bound(route: ModelRoute, targets: readonly Target[], ties: Ties): readonly Target[];
  answered(route: ModelRoute, ties: Ties, target: Target): void;
}>;

type Options = Readonly<{
  providers: Pick<Providers, 'get'>;
  pools: Pick<Pools, 'of'>;
  affinity: Pick<Affinity, 'makerOf'>;
  /** In [0, 1). */
  random: () => number;
  /** So many conversations are remembered. */
  max?: number;
}>;

const nameOf = ({ provider, model }: Target): string => `${provider.id}/${model}`;

export function createRouting(options: Options): Routing {
  const { providers, pools, affinity, random, max = 100_000 } = options;
  // A route that was changed is another object and begins anew.
  const turns = new WeakMap<ModelRoute, Turns>();
  const answeredBy = new LRUCache<string, string>({ max });

  const turnsOf = (route: ModelRoute): Turns => {
    const existing = turns.get(route);
    if (existing) return existing;
    const made = createTurns(
      route.targets.map(({ weight }) => weight),
      random,
    );
    turns.set(route, made);
    return made;
  };

  const inOrder = (route: ModelRoute) =>
    route.strategy === 'fallback'
      ? route.targets
      : turnsOf(route)
          .next()
          .flatMap((index) => route.targets[index] ?? []);

  const conversationAt = (route: ModelRoute, { conversation }: Ties): string | undefined =>
    route.strategy === 'weighted' && conversation !== null
      ? `${route.id}\n${conversation}`
      : undefined;

  return {
    targetsOf(route, incoming) {
      const targets: Target[] = [];
      for (const { provider: id, model, contextLength } of inOrder(route)) {
        const provider = providers.get(id);
        // Removed meanwhile, as its operator insisted.
        if (!provider) continue;
        if (!speaks(provider, incoming.route)) return [];
        if (!canAnswer(provider, incoming.route)) continue;
        targets.push({ provider, model, isRenamed: model !== route.name, contextLength });
      }
      return targets;
    },
    bound(route, targets, ties) {
      const maker = affinity.makerOf(ties.pinned);
      const makers = maker && targets.find(({ provider }) => pools.of(provider.id).get(maker));
      if (makers) return [makers];
      const at = conversationAt(route, ties);
      const usual = at === undefined ? undefined : answeredBy.get(at);
      const first = usual && targets.find((target) => nameOf(target) === usual);
      return first ? [first, ...targets.filter((target) => target !== first)] : targets;
    },
    answered(route, ties, target) {
      const at = conversationAt(route, ties);
      if (at !== undefined) answeredBy.set(at, nameOf(target));
    },
  };
}
