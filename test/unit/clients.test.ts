/** Who a credential belongs to at a moment, whatever the log knows of that moment yet. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import type { ClientKeyCommand } from '../../actors/clientKey/commands.ts';
import { actorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { createClients } from '../../server/access/clients.ts';
import { startCore, type Core } from '../support/core.ts';
import { memoryVault } from '../support/memoryVault.ts';

const vault = memoryVault();
const hourMs = 3_600_000;
let core: Core;
let nowMs: number;
let clients: ReturnType<typeof createClients>;
beforeEach(async () => {
  nowMs = Date.now();
  core = await startCore({ log: memoryLog(), vault });
  const { runtime } = core;
  clients = createClients({
    runtime,
    hash: vault.hash,
    apiKeyHeader: 'X-API-Key',
    now: () => nowMs,
  });
});
afterEach(() => core.stop());

const tell = (id: string, command: ClientKeyCommand) =>
  core.runtime.of(clientKeyKind).ask(actorId(id), command, core.runtime.ownCause());
const add = (key: string, more: object = {}) =>
  tell(`ck-${key}`, {
    type: 'AddClientKey',
    clientId: 'shop',
    name: 'shop',
    hash: vault.hash(key),
    masked: '…',
    scopes: ['*'],
    source: 'api',
    createdAtMs: nowMs,
    ...more,
  });
const identify = (key: string) =>
  clients.identify(new Headers({ authorization: `Bearer ${key}` }), '');

test('a key is refused from its expiry on, though the log has not said so, and goes on to exist', async () => {
  await add('one', { expiresAtMs: nowMs + hourMs });
  expect(identify('one')).toMatchObject({ keyId: 'ck-one', allowance: null, models: null });
  nowMs += hourMs - 1;
  expect(identify('one')).toMatchObject({ keyId: 'ck-one' });
  nowMs += 1;
  expect(identify('one')).toBe('expired');
  expect(clients.exist()).toBe(true);
});

test('a key in its grace is the same client, with the same allowance, until the grace is over', async () => {
  await add('one', { maxConcurrent: 1 });
  await tell('ck-one', {
    type: 'RotateClientKey',
    hash: vault.hash('two'),
    masked: '…',
    nowMs,
    graceMs: hourMs,
  });
  const [one, two] = [identify('one'), identify('two')];
  if (typeof one === 'string' || typeof two === 'string') throw new Error('it is not known');
  expect(one.allowance).toBe(two.allowance);
  nowMs += hourMs;
  expect(identify('one')).toBe('unknown');
  expect(identify('two')).toMatchObject({ keyId: 'ck-one' });
});

test('of several credentials a valid one counts, then one that expired', async () => {
  await add('old', { expiresAtMs: nowMs + 1 });
  await add('good');
  nowMs += 1;
  const both = new Headers({ authorization: 'Bearer old', 'x-api-key': 'good' });
  expect(clients.identify(both, '')).toMatchObject({ keyId: 'ck-good' });
  const none = new Headers({ authorization: 'Bearer old', 'x-api-key': 'none' });
  expect(clients.identify(none, '')).toBe('expired');
});

test('the usual limit comes and goes for keys without one of their own', async () => {
  const allowanceOf = (key: string) => {
    const client = identify(key);
    return typeof client === 'string' ? undefined : client.allowance;
  };
  await add('one');
  await add('own', { requestsPerMinute: 5 });
  const own = allowanceOf('own');
  expect([allowanceOf('one'), clients.anonymous()]).toEqual([null, null]);
  clients.limitUsual(1);
  const usual = allowanceOf('one');
  expect([usual?.enter(0), usual?.enter(0)]).toMatchObject([null, { status: 429 }]);
  expect(clients.anonymous()).not.toBeNull();
  clients.limitUsual(2);
  // What was spent stays spent; the new pace counts from here.
  expect(usual?.enter(30_000)).toBeNull();
  clients.limitUsual(null);
  expect([allowanceOf('one'), clients.anonymous()]).toEqual([null, null]);
  expect(allowanceOf('own')).toBe(own ?? null);
});
