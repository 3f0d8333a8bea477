/** What webhooks are told, and the facts it is made from. */
import type { ControlKind, StoredEvent } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import { snakeCased } from '../present/snakeCase.ts';

/** Names of what a webhook may ask for. */
export const noticeTypes = [
  'provider_key.disabled',
  'provider.rested',
  'provider.recovered',
  'breaker.opened',
  'breaker.closed',
  'log.away',
  'log.back',
] as const;
export type NoticeType = (typeof noticeTypes)[number];

/** `id` is the event's: a receiver that is told twice knows it by that. */
export type Notice = Readonly<{
  id: string;
  type: NoticeType | 'test';
  time: string;
  data: Readonly<Record<string, unknown>>;
}>;

const typeOf: Readonly<Record<string, NoticeType>> = {
  ProviderKeyDisabled: 'provider_key.disabled',
  ProviderRested: 'provider.rested',
  ProviderRecovered: 'provider.recovered',
  BreakerOpened: 'breaker.opened',
  BreakerClosed: 'breaker.closed',
};

/** The kinds of actor whose events become notices. */
export const noticedKinds: readonly ControlKind[] = ['provider-key', 'provider', 'breaker'];

/** What people call a key, and whose it is. */
export type KeyNames = (id: ActorId) => Readonly<{ provider: string; name: string }> | undefined;

const subjectOf = ({ actor }: StoredEvent, keyNames: KeyNames): Record<string, unknown> =>
  actor.kind === 'provider-key'
    ? { provider_key: actor.id, ...keyNames(actor.id) }
    : { provider: actor.id };

/** Undefined for an event that no webhook is told of. */
export function noticeOf(event: StoredEvent, keyNames: KeyNames): Notice | undefined {
  const type = typeOf[event.type];
  if (!type) return undefined;
  return {
    id: event.id,
    type,
    time: new Date(event.timeMs).toISOString(),
    data: { ...subjectOf(event, keyNames), ...snakeCased(event.data) },
  };
}
