/**
 * The vault: encrypted secrets in a KV bucket, the one state that is not in the log, so that it can be erased.
 * AES-256-GCM; the secret's name and the origin it may be sent to are authenticated with it, so a ciphertext
 * moved to another name or another origin does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { vaultBucket } from '../events/subjects.ts';

/** The ENCRYPTION_KEY does not open what is in the vault. */
export class VaultKeyMismatch extends Error {
  override readonly name = 'VaultKeyMismatch';
}

export type Vault = Readonly<{
  /** Writes a secret under a new name. @throws when the name is taken or the log is away. */
  put(secretRef: string, origin: string, secret: string): Promise<void>;
  /** The secret, or undefined when it is gone. @throws when it does not open for this origin. */
  open(secretRef: string, origin: string): Promise<string | undefined>;
  /** Removes a secret from the disk too, where purging a key would leave it readable. */
  erase(secretRef: string): Promise<void>;
  /** Names of all secrets and when they were written (epoch). */
  list(): Promise<{ secretRef: string; writtenAtMs: number }[]>;
  /** The same short text for the same secret; says nothing about it without the vault's pepper. */
  fingerprint(secret: string): string;
  /** HMAC-SHA256 in hex, for credentials that are only ever compared. */
  hash(credential: string): string;
}>;

const pepperRef = 'pepper';
const ivBytes = 12;
const tagBytes = 16;

function seal(key: Uint8Array, secretRef: string, origin: string, secret: Uint8Array): Uint8Array {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad(secretRef, origin));
  return Buffer.concat([iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when the key, the name or the origin is another one, or a bit has changed. */
function unseal(key: Uint8Array, secretRef: string, origin: string, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes));
  decipher.setAAD(aad(secretRef, origin)).setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
}

const aad = (secretRef: string, origin: string) => Buffer.from(`${secretRef}\n${origin}`);

/**
 * Opens the vault, making the bucket and its pepper where there are none.
 * @param encryptionKey 32 bytes, base64.
 * @throws {VaultKeyMismatch}
 */
export async function openVault(nc: NatsConnection, encryptionKey: string): Promise<Vault> {
  const key = Buffer.from(encryptionKey, 'base64');
  const kv = await new Kvm(nc).create(vaultBucket, { history: 1, max_bytes: 64 * 1024 * 1024 });
  const jsm = await jetstreamManager(nc);
  const pepper = await openPepper(kv, key);
  const hmac = (label: string, text: string) =>
    createHmac('sha256', pepper).update(`${label}\n${text}`).digest('hex');

  return {
    async put(secretRef, origin, secret) {
      await kv.create(secretRef, seal(key, secretRef, origin, Buffer.from(secret)));
    },
    async open(secretRef, origin) {
      const entry = await kv.get(secretRef);
      if (entry?.operation !== 'PUT') return undefined;
      return unseal(key, secretRef, origin, entry.value).toString();
    },
    async erase(secretRef) {
      const entry = await kv.get(secretRef);
      if (entry) await jsm.streams.deleteMessage(`KV_${vaultBucket}`, entry.revision, true);
    },
    async list() {
      const found: { secretRef: string; writtenAtMs: number }[] = [];
      for await (const secretRef of await kv.keys()) {
        const entry = secretRef === pepperRef ? null : await kv.get(secretRef);
        if (entry) found.push({ secretRef, writtenAtMs: entry.created.getTime() });
      }
      return found;
    },
    fingerprint: (secret) => hmac('fingerprint', secret).slice(0, 20),
    hash: (credential) => hmac('credential', credential),
  };
}

async function openPepper(kv: KV, key: Uint8Array): Promise<Uint8Array> {
  const existing = await kv.get(pepperRef);
  if (!existing) {
    // Another gateway may have made one meanwhile: then that one counts.
    await kv.create(pepperRef, seal(key, pepperRef, '', randomBytes(32))).catch(() => undefined);
  }
  const entry = existing ?? (await kv.get(pepperRef));
  if (!entry) throw new Error('the vault could not be written');
  try {
    return unseal(key, pepperRef, '', entry.value);
  } catch (cause) {
    throw new VaultKeyMismatch(
      'ENCRYPTION_KEY does not open the vault: it is not the key that this log was started with. ' +
        'Give back the old key; without it the provider keys in the vault are lost.',
      { cause },
    );
  }
}
