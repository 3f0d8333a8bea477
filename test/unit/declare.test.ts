/** The configuration is told to the log: once, by several gateways at once, and past what stands in the way. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { actorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { readConfig } from '../../server/config.ts';
import { declare } from '../../server/providers/declare.ts';
import { createProviderKeys } from '../../server/providers/providerKeys.ts';
import { startCore, typesOf, type Core } from '../support/core.ts';
import { stoppedAfterEach } from '../support/endings.ts';
import { memoryVault, type MemoryVault } from '../support/memoryVault.ts';

let dataDir: string;
let log: ReturnType<typeof memoryLog>;
let vault: MemoryVault;
const start = stoppedAfterEach(() => startCore({ log, vault }));

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'signalbox-declare-'));
  log = memoryLog();
  vault = memoryVault();
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const [one, two] = ['test-key-number-one', 'test-key-number-two'];
const declareIn = (core: Core, env: Readonly<Record<string, string>> = {}) => {
  const config = readConfig({ DATA_DIR: dataDir, OPENAI_API_KEYS: one, ...env });
  const { runtime, providerKeys } = core;
  return declare({ runtime, vault, providerKeys, config, now: Date.now });
};
const keyState = (core: Core, secret = one) =>
  core.runtime.of(providerKeyKind).get(core.providerKeys.idOf('openai', secret))?.state;
const lastSequence = async () => (await log.state('CONTROL')).lastSequence;
const tellProvider = ({ runtime }: Core, command: Parameters<typeof providerKind.decide>[0]) =>
  runtime.of(providerKind).ask(actorId('openai'), command, runtime.ownCause());

describe('What is declared', () => {
  test('is there then, and a second time changes nothing', async () => {
    const core = await start();
    await declareIn(core, { MCP_API_KEYS: 'client-key-1:someone' });
    expect([...core.runtime.of(providerKind).all()]).toHaveLength(3);
    expect(keyState(core)?.value).toBe('healthy');
    expect([...core.runtime.of(clientKeyKind).all()]).toHaveLength(1);
    const before = await lastSequence();
    await declareIn(core, { MCP_API_KEYS: 'client-key-1:someone' });
    expect(await lastSequence()).toBe(before);
    expect(vault.secrets.size).toBe(1);
  });

  test('by several gateways at once is there once, with one secret', async () => {
    const cores = await Promise.all([start(), start(), start(), start()]);
    await Promise.all(cores.map((core) => declareIn(core, { OPENAI_API_KEYS: `${one},${two}` })));
    const id = cores[0]!.providerKeys.idOf('openai', one);
    expect(await typesOf(log, id)).toEqual(['ProviderKeyAdded']);
    expect(vault.secrets.size).toBe(2);
    const used = [...cores[0]!.runtime.of(providerKeyKind).all()].map(
      ({ state }) => state.context.secretRef,
    );
    expect(new Set(vault.secrets.keys())).toEqual(new Set(used));
  });

  test('and then no longer named is disabled, until it is named again', async () => {
    const core = await start();
    await declareIn(core, { OPENAI_API_KEYS: `${one},${two}` });
    await declareIn(core);
    expect(keyState(core, two)?.context.disabled?.cause).toBe('left_source');
    await declareIn(core, { OPENAI_API_KEYS: `${one},${two}` });
    expect(keyState(core, two)?.value).toBe('healthy');
  });

  test('waits for a log that is away for a while', async () => {
    const core = await start();
    log.setAway(true);
    const declared = declareIn(core);
    await Promise.resolve();
    log.setAway(false);
    await declared;
    expect(keyState(core)?.value).toBe('healthy');
  });

  test('stops the start when it is no key, and says which variable names it', async () => {
    const core = await start();
    const tooLong = { OPENAI_API_KEYS: 'x'.repeat(5_000) };
    await expect(declareIn(core, tooLong)).rejects.toThrow('OPENAI_API_KEYS');
  });
});

describe('What an operator decided', () => {
  test('stays: a removed key, and its secret is not written again', async () => {
    const core = await start();
    await declareIn(core);
    const id = core.providerKeys.idOf('openai', one);
    await core.runtime
      .of(providerKeyKind)
      .ask(id, { type: 'RemoveProviderKey' }, core.runtime.ownCause());
    await declareIn(core);
    expect(keyState(core)?.value).toBe('removed');
    await core.runtime.catchUp(1_000);
    expect(vault.secrets.size).toBe(0);
  });

  test('stays: a removed provider, whose keys are declared all the same', async () => {
    const core = await start();
    await declareIn(core);
    await tellProvider(core, { type: 'RemoveProvider' });
    await declareIn(core, { OPENAI_API_KEYS: `${one},${two}` });
    expect(core.runtime.of(providerKind).get(actorId('openai'))?.state.value).toBe('removed');
    expect(keyState(core)?.value).toBe('healthy');
    expect(keyState(core, two)).toBeUndefined();
  });

  test('stays: an actor that this version cannot read does not stop the start', async () => {
    log.putRaw('CONTROL', 'sbx.control.provider.openai', '{"type":"FromTheFuture"}');
    const core = await start();
    await declareIn(core);
    expect(core.runtime.of(providerKind).get(actorId('anthropic'))?.state.value).toBe('active');
  });
});

describe('A base URL that moved to another origin', () => {
  const moved = { OPENAI_BASE_URL: 'https://other.example/v1' };

  test('by the environment takes the keys with it that the environment names', async () => {
    const core = await start();
    await declareIn(core);
    await declareIn(core, moved);
    expect(keyState(core)).toMatchObject({
      value: 'healthy',
      context: { origin: 'https://other.example' },
    });
  });

  test('disables the keys that came by API', async () => {
    const core = await start();
    await declareIn(core);
    const adding = { provider: 'openai', secret: two, source: 'api' } as const;
    await core.providerKeys.add(adding, core.runtime.ownCause());
    await declareIn(core, moved);
    expect(keyState(core, two)?.context.disabled?.cause).toBe('origin_changed');
  });

  test('and back gives the named keys back', async () => {
    const core = await start();
    await declareIn(core);
    await tellProvider(core, { type: 'ChangeProvider', baseUrl: moved.OPENAI_BASE_URL });
    await declareIn(core, { OPENAI_API_KEYS: '' });
    await tellProvider(core, { type: 'ChangeProvider', baseUrl: 'https://api.openai.com/v1' });
    await declareIn(core);
    expect(keyState(core)?.value).toBe('healthy');
  });
});

describe('Sweeping the vault', () => {
  const old = () => Date.now() + 3_600_000;
  const sweepIn = (core: Core) => createProviderKeys(core.runtime, vault, old).sweep();

  test('erases old secrets that no key has, and no other', async () => {
    const core = await start();
    await declareIn(core);
    await vault.put('openai-orphan.1', 'https://api.openai.com', 'lost');
    expect(await core.providerKeys.sweep()).toBe(0);
    expect(await sweepIn(core)).toBe(1);
    expect([...vault.secrets.values()].map(({ secret }) => secret)).toEqual([one]);
  });

  test('erases nothing while a key cannot be read: its secret may be among them', async () => {
    const core = await start();
    await declareIn(core);
    log.putRaw('CONTROL', 'sbx.control.provider-key.newer', '{"type":"FromTheFuture"}');
    await vault.put('newer.1', 'https://api.openai.com', 'still needed');
    expect(await sweepIn(core)).toBe(0);
    expect(vault.secrets.has('newer.1')).toBe(true);
  });
});
