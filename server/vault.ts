/**
 * The vault: encrypted secrets in a KV bucket, the one state that is not in the log, so that it can be erased.
 * AES-256-GCM; the secret's name and the origin it may be sent to are authenticated with it, so a ciphertext
 * moved to another name or another origin does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { jetstream, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { isPassing } from '../events/failure.ts';
import { LogUnavailable } from '../events/log.ts';
import { vaultBucket } from '../events/subjects.ts';

/** The ENCRYPTION_KEY does not open what is in the vault. */
export class VaultKeyMismatch extends Error {
  override readonly name = 'VaultKeyMismatch';
}

/** A secret does not open: it was entered for another origin or under another name, or was changed in the store. */
export class SecretDoesNotOpen extends Error {
  override readonly name = 'SecretDoesNotOpen';
}

/** Whatever asks the store throws `LogUnavailable` while NATS is away. */
export type Vault = Readonly<{
  /** Writes a secret under a new name. @throws when the name is taken. */
  put(secretRef: string, origin: string, secret: string): Promise<void>;
  /** The secret, or undefined when it is gone. @throws {SecretDoesNotOpen} */
  open(secretRef: string, origin: string): Promise<string | undefined>;
  /** Removes a secret from the disk too, where purging a key would leave it readable. */
  erase(secretRef: string): Promise<void>;
  /** Names of all secrets and when they were written (epoch). */
  list(): Promise<Listed[]>;
  /** The same short text for the same secret; says nothing about it without the vault's pepper. */
  fingerprint(secret: string): string;
  /** HMAC-SHA256 in hex, for credentials that are only ever compared. */
  hash(credential: string): string;
  /** A secret in hex that every gateway makes alike for one purpose, and nobody can without the vault's pepper. */
  derive(purpose: string): string;
}>;

type Listed = Readonly<{ secretRef: string; writtenAtMs: number }>;

const pepperRef = 'pepper';
/** Room for some 100,000 secrets. */
const secretsBytes = 64 * 1024 * 1024;
const listWithinMs = 30_000;
/** One request to the store. */
const requestMs = 2_000;
/** No message, or none any more, under this sequence. */
const notFound: ReadonlySet<number> = new Set([10037, 10043]);
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

/** @throws {LogUnavailable} for what may be over when it is tried again. */
async function reached<Answer>(what: Promise<Answer>): Promise<Answer> {
  try {
    return await what;
  } catch (error) {
    if (!isPassing(error) || error instanceof LogUnavailable) throw error;
    throw new LogUnavailable('the vault does not answer', { cause: error });
  }
}

/**
 * Opens the vault, making the bucket and its pepper where there are none.
 * @param encryptionKey 32 bytes, base64.
 * @param bucket Vaults in other buckets have nothing in common but the key.
 * @throws {VaultKeyMismatch}
 */
export async function openVault(
  nc: NatsConnection,
  encryptionKey: string,
  { bucket, maxBytes } = { bucket: vaultBucket, maxBytes: secretsBytes },
): Promise<Vault> {
  const key = Buffer.from(encryptionKey, 'base64');
  const store = new Kvm(jetstream(nc, { timeout: requestMs }));
  const kv = await store.create(bucket, { history: 1, max_bytes: maxBytes });
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: requestMs });
  const pepper = await openPepper(kv, key);
  const hmac = (label: string, text: string) =>
    createHmac('sha256', pepper).update(`${label}\n${text}`).digest('hex');

  return {
    async put(secretRef, origin, secret) {
      await reached(kv.create(secretRef, seal(key, secretRef, origin, Buffer.from(secret))));
    },
    async open(secretRef, origin) {
      const entry = await reached(kv.get(secretRef));
      if (entry?.operation !== 'PUT') return undefined;
      try {
        return unseal(key, secretRef, origin, entry.value).toString();
      } catch (cause) {
        const message = `the secret ${secretRef} does not open for ${origin}: enter the key again`;
        throw new SecretDoesNotOpen(message, { cause });
      }
    },
    async erase(secretRef) {
      const entry = await reached(kv.get(secretRef));
      if (!entry) return;
      await reached(
        jsm.streams.deleteMessage(`KV_${bucket}`, entry.revision, true).catch(unlessGone),
      );
    },
    list: () => reached(listAll(kv)),
    fingerprint: (secret) => hmac('fingerprint', secret).slice(0, 20),
    hash: (credential) => hmac('credential', credential),
    derive: (purpose) => hmac('derived', purpose),
  };
}

/** Another gateway erased it first. */
function unlessGone(error: unknown): void {
  if (!(error instanceof JetStreamApiError) || !notFound.has(error.code)) throw error;
}

async function listAll(kv: KV): Promise<Listed[]> {
  const entries = await kv.history();
  let isLate = false;
  // The client would wait for ever when the server goes away in between.
  const timer = setTimeout(() => {
    isLate = true;
    entries.stop();
  }, listWithinMs);
  const found: Listed[] = [];
  for await (const { key, operation, created } of entries) {
    if (key !== pepperRef && operation === 'PUT')
      found.push({ secretRef: key, writtenAtMs: created.getTime() });
  }
  clearTimeout(timer);
  if (isLate) throw new LogUnavailable('the list of the vault was cut off');
  return found;
}

async function openPepper(kv: KV, key: Uint8Array): Promise<Uint8Array> {
  let refused: unknown;
  const existing = await kv.get(pepperRef);
  if (!existing) {
    // Another gateway may have made one meanwhile: then that one counts.
    await kv
      .create(pepperRef, seal(key, pepperRef, '', randomBytes(32)))
      .catch((error: unknown) => (refused = error));
  }
  const entry = existing ?? (await kv.get(pepperRef));
  if (!entry) throw new Error('the vault could not be written', { cause: refused });
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
