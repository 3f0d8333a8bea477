/** Whether the targets of a model route fit together: a caller speaks one dialect, whoever answers. */
import type { ModelTarget } from '../../events/modelRoute.ts';
import type { Dialect } from '../../events/provider.ts';
import { Problem } from '../http/problem.ts';
import type { Provider, Providers } from '../proxy/providers.ts';
import { dialectsOf } from '../proxy/wire.ts';

const common = (providers: readonly Provider[]): readonly Dialect[] => {
  const [first, ...others] = providers.map(dialectsOf);
  return (first ?? []).filter((dialect) => others.every((spoken) => spoken.includes(dialect)));
};

const providersOf = (targets: readonly ModelTarget[], providers: Pick<Providers, 'get'>) =>
  targets.flatMap(({ provider }) => providers.get(provider) ?? []);

/** The dialects in which all targets that are there can be asked. */
export const offeredDialects = (
  targets: readonly ModelTarget[],
  providers: Pick<Providers, 'get'>,
): readonly Dialect[] => common(providersOf(targets, providers));

/** @throws {Problem} 422 for a target without a provider, or one that speaks no dialect of those before it. */
export function checkFit(targets: readonly ModelTarget[], providers: Pick<Providers, 'get'>): void {
  for (const [index, { provider: id, model }] of targets.entries()) {
    const where = `body.targets.${index} (${id}/${model})`;
    const provider = providers.get(id);
    if (!provider) {
      const detail = `${where}: there is no provider ${id}; add it with POST /api/providers.`;
      throw new Problem(422, 'UNKNOWN_PROVIDER', detail);
    }
    const before = targets.slice(0, index);
    const offered = offeredDialects(before, providers);
    const spoken = dialectsOf(provider);
    if (index === 0 || spoken.some((dialect) => offered.includes(dialect))) continue;
    const detail = `${where}: it is asked in the ${spoken.join(' or ')} dialect and the targets before it in ${offered.join(' or ')}; nobody could ask for both.`;
    throw new Problem(422, 'NO_COMMON_DIALECT', detail);
  }
}
