/** A pool holds the enabled keys of its provider, each with the secret that its actor names. */
import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test';
import { providerKind } from '../../actors/provider/provider.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyCommand } from '../../actors/providerKey/commands.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { startCore, type Core } from '../support/core.ts';
import { stoppedAfterEach } from '../support/endings.ts';
import { flush, pass } from '../support/judging.ts';
import { memoryVault, type MemoryVault } from '../support/memoryVault.ts';

const now = () => Date.now();
let log: ReturnType<typeof memoryLog>;
let vault: MemoryVault;
const start = stoppedAfterEach(() => startCore({ log, vault, now }));

beforeEach(() => {
  jest.useFakeTimers();
  log = memoryLog({ now });
  vault = memoryVault(now);
});
afterEach(() => jest.useRealTimers());

const tell = ({ runtime }: Core, id: ActorId, command: ProviderKeyCommand) =>
  runtime.of(providerKeyKind).ask(id, command, runtime.ownCause());
const secretIn = ({ pools }: Core, id: ActorId) => pools.holding(id)?.get(id)?.secret;
const addedOne = async (core: Core) => {
  await core.addProvider();
  return (await core.addKeys(1))[0]!;
};

describe('A key', () => {
  test('is in the pools of all gateways once it is added, and in none once it is removed', async () => {
    const [one, two] = [await start(), await start()];
    const id = await addedOne(one);
    await flush();
    expect([secretIn(one, id), secretIn(two, id)]).toEqual([
      'secret-of-key-0001',
      'secret-of-key-0001',
    ]);
    await tell(two, id, { type: 'RemoveProviderKey' });
    await flush();
    expect([secretIn(one, id), secretIn(two, id)]).toEqual([undefined, undefined]);
    expect(vault.secrets.size).toBe(0);
  });

  test('is out while it is disabled, and rests as its actor does', async () => {
    const core = await start();
    const id = await addedOne(core);
    await tell(core, id, { type: 'DisableProviderKey', cause: 'operator', reason: 'no' });
    expect(core.pools.of('openai').size()).toBe(0);
    await tell(core, id, { type: 'EnableProviderKey', cause: 'operator' });
    await core.pools.settled();
    expect(core.pools.of('openai').take('m', true)?.key.id).toBe(id);
    const rest = { hintMs: 5_000, longest: 'hour', ruleId: 'r', reason: 'x' } as const;
    await tell(core, id, { type: 'RestProviderKey', nowMs: now(), ...rest });
    expect(core.pools.of('openai').take('m', true)).toBeUndefined();
    await tell(core, id, { type: 'RecoverProviderKey', nowMs: now(), cause: 'operator' });
    expect(core.pools.of('openai').take('m', true)?.key.id).toBe(id);
  });

  test('that an operator wakes is awake in every gateway, whatever one of them has seen', async () => {
    const core = await start();
    const id = await addedOne(core);
    const pool = core.pools.of('openai');
    const rest = { hintMs: 5_000, longest: 'hour', ruleId: 'r', reason: 'x' } as const;
    await tell(core, id, { type: 'RestProviderKey', nowMs: now(), ...rest });
    pool.rest(id, '', { untilMs: now() + 60_000, guessed: true });
    await tell(core, id, { type: 'RecoverProviderKey', nowMs: now(), cause: 'operator' });
    expect(pool.take('m', true)?.probes).toBeUndefined();
  });

  test('serves on with its old secret until the new one is there', async () => {
    const core = await start();
    const id = await addedOne(core);
    const replaced = core.providerKeys.replaceSecret(id, 'another-secret', core.runtime.ownCause());
    const seen = new Set<string | undefined>();
    for (let turn = 0; turn < 100; turn++) {
      seen.add(secretIn(core, id));
      await Promise.resolve();
    }
    await replaced;
    await core.pools.settled();
    expect(secretIn(core, id)).toBe('another-secret');
    expect(seen).toEqual(new Set(['secret-of-key-0001', 'another-secret']));
    await flush();
    expect([...vault.secrets.values()].map(({ secret }) => secret)).toEqual(['another-secret']);
  });
});

describe('A provider', () => {
  const change = ({ runtime }: Core, baseUrl: string) =>
    runtime
      .of(providerKind)
      .ask(actorId('openai'), { type: 'ChangeProvider', baseUrl }, runtime.ownCause());

  test('that moves to another origin takes no secret with it', async () => {
    const core = await start();
    const id = await addedOne(core);
    await change(core, 'https://elsewhere.example/v1');
    expect(secretIn(core, id)).toBeUndefined();
    await core.providerKeys.replaceSecret(id, 'secret-for-elsewhere', core.runtime.ownCause());
    await core.pools.settled();
    expect(secretIn(core, id)).toBe('secret-for-elsewhere');
    await change(core, 'https://elsewhere.example/v2');
    expect(secretIn(core, id)).toBe('secret-for-elsewhere');
  });

  test('that is removed has no usable keys, and has them again when it is added again', async () => {
    const core = await start();
    const id = await addedOne(core);
    await core.runtime
      .of(providerKind)
      .ask(actorId('openai'), { type: 'RemoveProvider' }, core.runtime.ownCause());
    expect(secretIn(core, id)).toBeUndefined();
    const adding = { provider: 'openai', secret: 'other', source: 'api' } as const;
    await expect(core.providerKeys.add(adding, core.runtime.ownCause())).rejects.toThrow(
      'no provider',
    );
    await core.addProvider();
    await core.pools.settled();
    expect(secretIn(core, id)).toBe('secret-of-key-0001');
  });

  test('that changes its name keeps the rest it has', async () => {
    const core = await start();
    await addedOne(core);
    const rest = { hintMs: 60_000, ruleId: 'r', reason: 'x' } as const;
    await core.runtime
      .of(providerKind)
      .ask(
        actorId('openai'),
        { type: 'RestProvider', nowMs: now(), ...rest },
        core.runtime.ownCause(),
      );
    expect(core.pools.of('openai').take('m', true)).toBeUndefined();
    await change(core, 'https://api.openai.com/v2');
    expect(core.pools.of('openai').take('m', true)).toBeUndefined();
  });
});

describe('While the vault is away', () => {
  test('a start ends all the same, says what is missing, and has it later', async () => {
    const before = await start();
    await before.addProvider();
    const ids = await before.addKeys(200);
    await before.stop();
    vault.setAway(true);
    const core = await start();
    expect(core.pools.missing().length).toBe(200);
    expect(core.pools.of('openai').size()).toBe(0);
    vault.setAway(false);
    pass(1_000);
    await core.pools.settled();
    expect(core.pools.missing()).toEqual([]);
    expect(core.pools.of('openai').size()).toBe(ids.length);
  });

  test('a start does not wait for ever for one that says nothing', async () => {
    const before = await start();
    const id = await addedOne(before);
    await before.stop();
    const silent = { ...vault, open: () => new Promise<never>(() => {}) };
    const starting = startCore({ log, vault: silent, now });
    await flush();
    pass(10_000);
    const core = await starting;
    expect(core.pools.missing()).toEqual([id]);
    await core.stop();
  });

  test('it is asked once for each key at a time, however often the key changes', async () => {
    const core = await start();
    const id = await addedOne(core);
    await core.stop();
    vault.setAway(true);
    const again = await start();
    const before = vault.opened();
    for (let name = 0; name < 50; name++) {
      await tell(again, id, { type: 'RenameProviderKey', name: `${name}` });
    }
    expect(vault.opened()).toBe(before);
    pass(1_000);
    await flush();
    expect(vault.opened()).toBe(before + 1);
  });
});

test('a secret that is gone is told and not counted as on its way', async () => {
  const core = await start();
  const id = await addedOne(core);
  await core.stop();
  for (const secretRef of vault.secrets.keys()) await vault.erase(secretRef);
  const again = await start();
  expect(secretIn(again, id)).toBeUndefined();
  expect(again.pools.missing()).toEqual([]);
  expect(again.errors.join()).toContain('enter the key again');
});
