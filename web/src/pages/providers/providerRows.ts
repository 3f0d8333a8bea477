/** Providers as the table shows them: each with its breaker and what its keys let it do. */
import type { Actor } from '../../live/fold/actors.ts';
import { actorsOf } from '../../live/selectors.ts';
import { keyCounts, standOf, type KeyCounts, type Stand } from '../../live/stands.ts';
import { byTexts } from '../../words/search.ts';

export type Provider = Actor<'provider'>;
export type Row = Readonly<{
  provider: Provider;
  breaker: Actor<'breaker'> | undefined;
  stand: Stand;
  keys: KeyCounts;
}>;

const noKeys: KeyCounts = { total: 0, healthy: 0, resting: 0, disabled: 0 };

export function providerRows(): readonly Row[] {
  const keys = actorsOf('provider-key');
  const byProvider = Map.groupBy(keys, ({ context }) => context.provider);
  const counts = keyCounts(keys);
  const breakers = new Map(actorsOf('breaker').map((breaker) => [breaker.id, breaker]));
  return actorsOf('provider').map((provider) => {
    const breaker = breakers.get(provider.id);
    return {
      provider,
      breaker,
      stand: standOf({ provider, breaker, keys: byProvider.get(provider.id) ?? [] }),
      keys: counts.get(provider.id) ?? noKeys,
    };
  });
}

export const states = [
  { value: 'ready', text: 'Ready' },
  { value: 'away', text: 'Not ready' },
] as const;

export const isIn = ({ stand }: Row, state: string): boolean =>
  (state === 'ready') === (stand.status === 'ready');

export const fits = byTexts(({ provider, stand }: Row) => {
  const { name, base_url: url, dialect } = provider.context;
  return [provider.id, name, url, dialect, stand.why ?? ''];
});

const order = ['open', 'half-open', 'resting', 'disabled', 'gone', 'ready'];
/** Those that want a look come first. */
export const urgency = ({ stand, provider }: Row): string =>
  `${order.indexOf(stand.status)} ${provider.context.name.toLowerCase()}`;
