/** The model routes by their public names, as the log has them now. In memory: a request looks one up. */
import type { ModelRouteSettings } from '../../actors/modelRoute/commands.ts';
import type { ModelRouteState } from '../../actors/modelRoute/machine.ts';
import { modelRouteKind } from '../../actors/modelRoute/modelRoute.ts';
import type { Current, Runtime } from '../../actors/runtime/runtime.ts';
import { actorId, isActorId, slugOf, type ActorId } from '../../events/ids.ts';

/** One object as long as the route stays the same. */
export type ModelRoute = Readonly<{ id: ActorId; name: string; createdAtMs: number }> &
  ModelRouteSettings;

export type ModelRoutes = Readonly<{
  named(name: string): ModelRoute | undefined;
  /** In the order of their names. */
  all(): readonly ModelRoute[];
}>;

/**
 * One name has one id, whichever gateway it is defined at: so two racing definitions meet at the same actor. A name
 * that is a slug is its own id.
 */
export function modelRouteIdOf(name: string): ActorId {
  if (isActorId(name)) return name;
  const hash = new Bun.CryptoHasher('sha256').update(name).digest('hex').slice(0, 12);
  const slug = slugOf(name);
  return actorId(slug === '' ? hash : `${slug}-${hash}`);
}

export function createModelRoutes(runtime: Pick<Runtime, 'of'>): ModelRoutes {
  const actors = runtime.of(modelRouteKind);
  const byName = new Map<string, ModelRoute>();
  let inOrder: readonly ModelRoute[] | undefined;

  const follow = ({ id, state }: Current<ModelRouteState>) => {
    const { name, settings, createdAtMs } = state.context;
    inOrder = undefined;
    if (state.value === 'active') byName.set(name, { id, name, createdAtMs, ...settings });
    else byName.delete(name);
  };
  for (const current of actors.all()) follow(current);
  actors.subscribe(follow);

  return {
    named: (name) => byName.get(name),
    all: () => (inOrder ??= [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))),
  };
}
