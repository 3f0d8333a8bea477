/** The data keys of conversations: what was said is sealed with them, and is lost to everybody once one is erased. */
import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Vault } from '../vault.ts';

export type DataKeys = Readonly<{
  /** Makes the key of a new conversation and answers with its name. @throws {LogUnavailable} */
  make(conversationId: string): Promise<string>;
  /** Undefined when it was erased. @throws {LogUnavailable} */
  of(keyRef: string): Promise<Buffer | undefined>;
  /** @throws {Refusal} GONE when it was erased. @throws {LogUnavailable} */
  existing(keyRef: string): Promise<Buffer>;
  /** From the disk too. @throws {LogUnavailable} */
  erase(keyRef: string): Promise<void>;
}>;

/** Where a provider key has its origin. */
const purpose = 'conversation';
/** One that was erased by another gateway is forgotten here after so long. */
const keptMs = 60_000;

export function createDataKeys(vault: Pick<Vault, 'put' | 'open' | 'erase'>): DataKeys {
  const known = new LRUCache<string, Buffer>({ max: 1_000, ttl: keptMs });

  const of = async (keyRef: string): Promise<Buffer | undefined> => {
    const kept = known.get(keyRef);
    if (kept) return kept;
    const text = await vault.open(keyRef, purpose);
    if (text === undefined) return undefined;
    const key = Buffer.from(text, 'base64');
    known.set(keyRef, key);
    return key;
  };

  return {
    async make(conversationId) {
      const keyRef = `${conversationId}.${crypto.randomUUID().slice(0, 8)}`;
      const key = randomBytes(32);
      await vault.put(keyRef, purpose, key.toString('base64'));
      known.set(keyRef, key);
      return keyRef;
    },
    of,
    async existing(keyRef) {
      const key = await of(keyRef);
      if (!key) throw new Refusal('GONE', 'the conversation was erased');
      return key;
    },
    async erase(keyRef) {
      await vault.erase(keyRef);
      known.delete(keyRef);
    },
  };
}
