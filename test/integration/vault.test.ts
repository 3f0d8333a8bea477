/** Secrets in a real NATS: they open for their name and origin only, and an erased one is gone from the disk. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { Kvm } from '@nats-io/kv';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import { LogUnavailable } from '../../events/log.ts';
import { ensureStreams } from '../../events/streams.ts';
import { vaultBucket } from '../../events/subjects.ts';
import { createProviderKeys } from '../../server/providers/providerKeys.ts';
import { openVault, SecretDoesNotOpen, VaultKeyMismatch, type Vault } from '../../server/vault.ts';
import { startCore, typesOf } from '../support/core.ts';
import { startNatsServer, type TestNatsServer } from '../support/natsServer.ts';
import { until } from '../support/until.ts';

const encryptionKey = randomBytes(32).toString('base64');
const origin = 'https://api.openai.com';
let server: TestNatsServer;
let nc: NatsConnection;
let vault: Vault;

beforeAll(async () => {
  server = await startNatsServer();
  nc = await connectNats(server.connectOptions());
  await ensureStreams(nc);
  vault = await openVault(nc, encryptionKey);
});
afterAll(async () => {
  await nc.close();
  await server.stop();
});

let made = 0;
const freshRef = () => `openai-${++made}.1`;

/** What the store holds of a secret, as the server gives it. */
async function sealed(secretRef: string): Promise<Uint8Array> {
  const entry = await (await new Kvm(nc).open(vaultBucket)).get(secretRef);
  if (!entry) throw new Error(`${secretRef} is not in the store`);
  return entry.value;
}

async function filesWith(...parts: readonly Uint8Array[]): Promise<string[]> {
  const names = await readdir(server.folder, { recursive: true, withFileTypes: true });
  const paths = names
    .filter((name) => name.isFile())
    .map((name) => join(name.parentPath, name.name));
  const found: string[] = [];
  for (const path of paths) {
    const bytes = await readFile(path);
    if (parts.some((part) => bytes.includes(part))) found.push(path);
  }
  return found;
}

describe('A secret', () => {
  test('opens for its name and origin', async () => {
    const ref = freshRef();
    await vault.put(ref, origin, 'sk-first');
    expect(await vault.open(ref, origin)).toBe('sk-first');
    expect(await vault.open('openai-nobody.1', origin)).toBeUndefined();
  });

  test('opens for no other origin, and not under another name', async () => {
    const [ref, other] = [freshRef(), freshRef()];
    await vault.put(ref, origin, 'sk-second');
    await expect(vault.open(ref, 'https://evil.example')).rejects.toBeInstanceOf(SecretDoesNotOpen);
    const kv = await new Kvm(nc).open(vaultBucket);
    await kv.create(other, await sealed(ref));
    await expect(vault.open(other, origin)).rejects.toBeInstanceOf(SecretDoesNotOpen);
  });

  test('is not written over', async () => {
    const ref = freshRef();
    await vault.put(ref, origin, 'sk-third');
    await expect(vault.put(ref, origin, 'sk-fourth')).rejects.toThrow();
    expect(await vault.open(ref, origin)).toBe('sk-third');
  });

  test('is named in no error', async () => {
    const ref = freshRef();
    await vault.put(ref, origin, 'sk-never-told');
    const error = await vault.open(ref, 'https://evil.example').catch((reason: unknown) => reason);
    expect(Bun.inspect(error)).not.toContain('sk-never-told');
    expect(String(error)).toContain(ref);
  });

  test('stands in no file as it is', async () => {
    const secret = `sk-${crypto.randomUUID()}`;
    await vault.put(freshRef(), origin, secret);
    expect(await filesWith(Buffer.from(secret))).toEqual([]);
  });
});

describe('The ENCRYPTION_KEY', () => {
  test('of another vault does not open this one', async () => {
    const other = randomBytes(32).toString('base64');
    await expect(openVault(nc, other)).rejects.toBeInstanceOf(VaultKeyMismatch);
  });

  test('is one for all gateways, as is what it makes of a secret', async () => {
    const second = await openVault(nc, encryptionKey);
    const ref = freshRef();
    await vault.put(ref, origin, 'sk-shared');
    expect(await second.open(ref, origin)).toBe('sk-shared');
    expect(second.fingerprint('sk-shared')).toBe(vault.fingerprint('sk-shared'));
    expect(second.hash('client')).toBe(vault.hash('client'));
    expect(vault.fingerprint('sk-shared')).not.toBe(vault.fingerprint('sk-other'));
  });

  test('of gateways that start at once makes one pepper', async () => {
    const fresh = await startNatsServer();
    const connections = await Promise.all([1, 2, 3].map(() => connectNats(fresh.connectOptions())));
    const vaults = await Promise.all(connections.map((one) => openVault(one, encryptionKey)));
    expect(new Set(vaults.map((one) => one.hash('x'))).size).toBe(1);
    await Promise.all(connections.map((one) => one.close()));
    await fresh.stop();
  });
});

describe('An erased secret', () => {
  test('is in no file of the store any more, sealed or not', async () => {
    const [ref, neighbour] = [freshRef(), freshRef()];
    const secret = `sk-${crypto.randomUUID()}`;
    await vault.put(ref, origin, secret);
    await vault.put(neighbour, origin, 'sk-stays');
    const cipher = await sealed(ref);
    const parts = [cipher.subarray(0, 24), cipher.subarray(-24), Buffer.from(secret)];
    expect((await filesWith(...parts)).length).toBeGreaterThan(0);
    await vault.erase(ref);
    await until('it is off the disk', async () => (await filesWith(...parts)).length === 0);
    expect(await vault.open(ref, origin)).toBeUndefined();
    expect(await vault.open(neighbour, origin)).toBe('sk-stays');
    await server.restart();
    await until('the server is back', () =>
      vault.open(neighbour, origin).then(Boolean, () => false),
    );
    expect(await filesWith(...parts)).toEqual([]);
  }, 60_000);

  test('may be erased again, also by two at once', async () => {
    const ref = freshRef();
    await vault.put(ref, origin, 'sk-twice');
    await Promise.all([vault.erase(ref), vault.erase(ref), vault.erase(ref)]);
    await vault.erase(ref);
    expect(await vault.open(ref, origin)).toBeUndefined();
  });
});

describe('While NATS is away', () => {
  test('the vault says so, and works again afterwards', async () => {
    const ref = freshRef();
    await vault.put(ref, origin, 'sk-before');
    await server.kill9();
    await expect(vault.open(ref, origin)).rejects.toBeInstanceOf(LogUnavailable);
    await expect(vault.put(freshRef(), origin, 'x')).rejects.toBeInstanceOf(LogUnavailable);
    await server.restart();
    await until('it opens again', () =>
      vault.open(ref, origin).then(
        (found) => found === 'sk-before',
        () => false,
      ),
    );
  }, 60_000);

  test('a removed key is erased as soon as it is back', async () => {
    const log = await openJetStreamLog(nc);
    let isErasing = false;
    const watched: Vault = {
      ...vault,
      async erase(secretRef) {
        // The server dies between the event and the erasing.
        if (!isErasing) await server.kill9();
        isErasing = true;
        await vault.erase(secretRef);
      },
    };
    const core = await startCore({ log, vault: watched });
    await core.addProvider();
    const [id] = await core.addKeys(1);
    const { secretRef } = core.runtime.of(providerKeyKind).get(id!)!.state.context;
    const cipher = await sealed(secretRef);
    await core.runtime
      .of(providerKeyKind)
      .ask(id!, { type: 'RemoveProviderKey' }, core.runtime.ownCause());
    await until('the erasing has failed', () =>
      core.errors.some((error) => error.includes('EraseSecret')),
    );
    await server.restart();
    await until('it is erased', async () =>
      (await typesOf(log, id!)).includes('ProviderKeySecretErased'),
    );
    await until(
      'it is off the disk',
      async () => (await filesWith(cipher.subarray(0, 24))).length === 0,
    );
    await core.stop();
    await log.close();
  }, 60_000);
});

test('secrets that no key refers to are swept once they are old, all others stay', async () => {
  const log = await openJetStreamLog(nc);
  const core = await startCore({ log, vault });
  await core.addProvider('groq', 'https://api.groq.com/v1');
  const [id] = await core.addKeys(1, 'groq');
  const orphan = freshRef();
  await vault.put(orphan, origin, 'sk-orphan');
  expect((await vault.list()).map(({ secretRef }) => secretRef)).toContain(orphan);
  expect(await core.providerKeys.sweep()).toBe(0);
  const inAnHour = () => Date.now() + 3_600_000;
  const swept = await createProviderKeys(core.runtime, vault, inAnHour).sweep();
  expect(swept).toBeGreaterThan(0);
  const { secretRef } = core.runtime.of(providerKeyKind).get(id!)!.state.context;
  expect((await vault.list()).map((one) => one.secretRef)).toEqual([secretRef]);
  expect((await openVault(nc, encryptionKey)).hash('x')).toBe(vault.hash('x'));
  await core.stop();
  await log.close();
});
