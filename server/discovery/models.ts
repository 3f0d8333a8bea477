/** Everything that knows what a model's name leads to: routes, prefixes, and the lists of the providers. */
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Logger } from '../logger.ts';
import { createModelRoutes, type ModelRoutes } from '../modelRoutes/modelRoutes.ts';
import { createProviders, type Providers } from '../proxy/providers.ts';
import type { Settings } from '../settings/settings.ts';
import type { AskDeps } from './askProvider.ts';
import { createDiscovery } from './discovery.ts';
import { createModelLists, type ModelLists } from './modelLists.ts';

export type Models = Readonly<{
  modelRoutes: ModelRoutes;
  providers: Providers;
  modelLists: ModelLists;
  /** May be called twice. */
  stop(): void;
}>;

type Options = AskDeps &
  Readonly<{
    runtime: Pick<Runtime, 'of'>;
    settings: Settings['values'];
    logger: Pick<Logger, 'warn'>;
    now: () => number;
  }>;

export function createModels({ logger, ...options }: Options): Models {
  const { runtime } = options;
  const onFailure = (provider: string, reason: string) =>
    logger.warn({ provider, reason }, "a provider's list of models is left out");
  const discovery = createDiscovery({ ...options, onFailure });
  const modelRoutes = createModelRoutes(runtime);
  const providers = createProviders(runtime, discovery.discovered);
  void discovery.warm();
  return {
    modelRoutes,
    providers,
    modelLists: createModelLists({ discovery, routes: modelRoutes, providers }),
    stop: discovery.stop,
  };
}
