/** Model routes as the table shows them: each with how its targets stand. */
import type { Actor } from '../../live/fold/actors.ts';
import { actorsOf } from '../../live/selectors.ts';
import { dialectsOfTargets, standOf, type Stand } from '../../live/stands.ts';
import { byTexts } from '../../words/search.ts';

export type Route = Actor<'model-route'>;
type Target = Route['context']['settings']['targets'][number];
export type TargetRow = Readonly<{
  target: Target;
  stand: Stand;
  /** Of a weighted route's requests; null for one that is asked in its turn. */
  share: number | null;
}>;
export type RouteStatus = 'ready' | 'partly' | 'away';
export type Row = Readonly<{
  route: Route;
  targets: readonly TargetRow[];
  status: RouteStatus;
  dialects: readonly string[];
}>;

function statusOf(targets: readonly TargetRow[]): RouteStatus {
  const ready = targets.filter(({ stand }) => stand.status === 'ready').length;
  if (ready === 0) return 'away';
  return ready === targets.length ? 'ready' : 'partly';
}

export function routeRows(): readonly Row[] {
  const providers = new Map(actorsOf('provider').map((one) => [one.id, one]));
  const breakers = new Map(actorsOf('breaker').map((one) => [one.id, one]));
  const keys = Map.groupBy(actorsOf('provider-key'), ({ context }) => context.provider);
  return actorsOf('model-route').map((route) => {
    const { strategy, targets } = route.context.settings;
    const all = targets.reduce((sum, { weight }) => sum + weight, 0);
    const rows = targets.map((target) => ({
      target,
      stand: standOf({
        provider: providers.get(target.provider),
        breaker: breakers.get(target.provider),
        keys: keys.get(target.provider) ?? [],
        model: target.model,
      }),
      share: strategy === 'weighted' && all > 0 ? target.weight / all : null,
    }));
    const dialects = dialectsOfTargets(targets.map(({ provider }) => provider));
    return { route, targets: rows, status: statusOf(rows), dialects };
  });
}

export const states = [
  { value: 'ready', text: 'Ready' },
  { value: 'partly', text: 'Partly' },
  { value: 'away', text: 'Nobody answers' },
] as const;

export const isIn = ({ status }: Row, state: string): boolean => status === state;

export const fits = byTexts(({ route }: Row) => {
  const { name, settings } = route.context;
  const asked = settings.targets.flatMap(({ provider, model }) => [provider, model]);
  return [route.id, name, ...asked];
});

const order: readonly RouteStatus[] = ['away', 'partly', 'ready'];
export const urgency = ({ status, route }: Row): string =>
  `${order.indexOf(status)} ${route.context.name.toLowerCase()}`;
