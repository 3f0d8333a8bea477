/** What the log of a running gateway says happened: requests that finished, and what became of provider keys. */
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import { statesAt } from '../../actors/runtime/replay.ts';
import type { StoredEvent } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import type { RequestFinished } from '../../events/traffic.ts';
import { until } from './until.ts';

export type KeyFact = StoredEvent & Readonly<{ fact: ProviderKeyEvent }>;
type WithLog = Readonly<{ log: EventLog }>;

const isFinished = (event: { type: string }): event is RequestFinished =>
  event.type === 'RequestFinished';

/** Every request that the log has now, oldest first. */
export async function finishedRequests({ log }: WithLog): Promise<RequestFinished[]> {
  const { lastSequence } = await log.state('TRAFFIC');
  const messages = await log.readTraffic(0, lastSequence);
  return messages.flatMap(({ events }) => events.filter(isFinished));
}

/** What is recorded of the request with this answer, once it is in the log. */
export async function recordOf(
  gateway: WithLog,
  answered: Response | string,
): Promise<RequestFinished['data']> {
  const id = typeof answered === 'string' ? answered : requestId(answered);
  let found: RequestFinished | undefined;
  await until(`request ${id} is in the log`, async () => {
    found = (await finishedRequests(gateway)).find((event) => event.id === id);
    return found !== undefined;
  });
  if (!found) throw new Error(`request ${id} is not in the log`);
  return found.data;
}

/** What is recorded of many requests at once, by their ids. */
export async function recordsOf(
  gateway: WithLog,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RequestFinished['data']>> {
  const records = new Map<string, RequestFinished['data']>();
  await until(`${ids.length} requests are in the log`, async () => {
    for (const { id, data } of await finishedRequests(gateway)) records.set(id, data);
    return ids.every((id) => records.has(id));
  });
  return records;
}

export function requestId(answer: Response): string {
  const id = answer.headers.get('x-signalbox-request-id');
  if (id === null) throw new Error(`the ${answer.status} answer carries no x-signalbox-request-id`);
  return id;
}

/** Every fact about provider keys, oldest first. */
async function keyFacts({ log }: WithLog): Promise<KeyFact[]> {
  const { lastSequence } = await log.state('CONTROL');
  const messages = await log.readControl(0, lastSequence);
  return messages.flatMap((message) => {
    if (!message.ok || message.event.actor.kind !== 'provider-key') return [];
    const { type, data } = message.event;
    return [{ ...message.event, fact: { type, data } as ProviderKeyEvent }];
  });
}

/** The id of the key with this secret, told by what people see of it. */
export async function keyIdOf(gateway: WithLog, secret: string): Promise<ActorId> {
  const added = (await keyFacts(gateway)).find(
    ({ fact }) =>
      fact.type === 'ProviderKeyAdded' &&
      fact.data.masked === `${secret.slice(0, 4)}…${secret.slice(-4)}`,
  );
  if (!added) throw new Error(`no key was added with the secret ending in ${secret.slice(-4)}`);
  return added.actor.id;
}

/** The facts of one key after it was added, by their type alone. */
export async function storyOf(gateway: WithLog, secret: string): Promise<string[]> {
  const id = await keyIdOf(gateway, secret);
  const facts = await keyFacts(gateway);
  return facts
    .filter(({ actor, fact }) => actor.id === id && fact.type !== 'ProviderKeyAdded')
    .map(({ fact }) => fact.type);
}

/** The first fact of a type about a key, once the log has it. */
export async function factOf<Type extends ProviderKeyEvent['type']>(
  gateway: WithLog,
  secret: string,
  type: Type,
): Promise<StoredEvent & Extract<ProviderKeyEvent, { type: Type }>> {
  const id = await keyIdOf(gateway, secret);
  let found: KeyFact | undefined;
  await until(`${type} of the key ending in ${secret.slice(-4)}`, async () => {
    const facts = await keyFacts(gateway);
    found = facts.find(({ actor, fact }) => actor.id === id && fact.type === type);
    return found !== undefined;
  });
  return found as unknown as StoredEvent & Extract<ProviderKeyEvent, { type: Type }>;
}

/** The state that the log gives a key now. */
export async function keyState(gateway: WithLog, secret: string): Promise<ProviderKeyState> {
  const id = await keyIdOf(gateway, secret);
  const all = await statesAt(gateway.log, providerKeyKind, { sequence: Number.MAX_SAFE_INTEGER });
  const past = all.find(({ actor }) => actor.id === id);
  if (!past) throw new Error(`the log has no key ${id}`);
  return past.state as ProviderKeyState;
}
