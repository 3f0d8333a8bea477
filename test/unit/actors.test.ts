/** Actors that are not in memory are answered from the log. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import { createRuntime, type Runtime } from '../../actors/runtime/runtime.ts';
import { actorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { actorNow, actorsNow, countActors } from '../../server/history/actors.ts';
import { kindNamed, kinds } from '../../server/kinds.ts';
import { until } from '../support/until.ts';

const kind = kindNamed('client-key')!;
let log: ReturnType<typeof memoryLog>;
let runtime: Runtime;

beforeEach(async () => {
  log = memoryLog();
  runtime = createRuntime({
    log,
    kinds,
    gatewayId: 'gateway-1',
    now: () => Date.now(),
    idleMs: 20,
    onError: () => {},
  });
  await runtime.start();
});
afterEach(() => runtime.stop());

async function addKey(id: string) {
  await runtime.of(clientKeyKind).ask(
    actorId(id),
    {
      type: 'AddClientKey',
      clientId: 'acme',
      name: id,
      hash: `hash-${id}`,
      masked: 'sbx_…',
      scopes: [],
      source: 'api',
      createdAtMs: 1_700_000_000_000,
    },
    runtime.ownCause(),
  );
}

async function removeAndForget(id: string) {
  const keys = runtime.of(clientKeyKind);
  await keys.ask(actorId(id), { type: 'RemoveClientKey' }, runtime.ownCause());
  await until('the key has left memory', () => keys.get(actorId(id)) === undefined);
}

test('a dormant actor is read as it left memory, and stays dormant', async () => {
  await addKey('gone');
  await removeAndForget('gone');
  const shown = await actorNow({ log, runtime }, kind, actorId('gone'));
  expect(shown).toMatchObject({
    status: 'removed',
    sequence: 2,
    context: { client_id: 'acme', created_at_ms: 1_700_000_000_000 },
    updated_at: expect.any(String),
  });
  expect(runtime.of(clientKeyKind).get(actorId('gone'))).toBeUndefined();
});

test('dormant actors are listed and counted with those in memory', async () => {
  for (const id of ['a', 'b', 'c']) await addKey(id);
  await removeAndForget('b');
  const { data, next } = await actorsNow({ log, runtime }, kind, { limit: 10 });
  expect(data.map(({ id, status }) => [id, status])).toEqual([
    ['a', 'active'],
    ['b', 'removed'],
    ['c', 'active'],
  ]);
  expect(next).toBeNull();
  expect(countActors(runtime, kind)).toEqual({
    kind: 'client-key',
    actors: 3,
    dormant: 1,
    by_status: { active: 2 },
  });
});

test('an actor without events is not there, also after it was asked for', async () => {
  expect(await actorNow({ log, runtime }, kind, actorId('none'))).toBeUndefined();
  const asking = runtime
    .of(clientKeyKind)
    .ask(actorId('none'), { type: 'RemoveClientKey' }, runtime.ownCause());
  await expect(asking).rejects.toThrow('no such client key');
  expect(await actorNow({ log, runtime }, kind, actorId('none'))).toBeUndefined();
  expect((await actorsNow({ log, runtime }, kind, { limit: 10 })).data).toEqual([]);
});

test('an actor whose events cannot be read is refused rather than guessed', async () => {
  log.putRaw('CONTROL', 'sbx.control.client-key.odd', '{}');
  await expect(actorNow({ log, runtime }, kind, actorId('odd'))).rejects.toMatchObject({
    code: 'UNREADABLE',
  });
});
