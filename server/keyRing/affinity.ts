/** Which key made what: so that what was begun on one key goes on there. Memory of this process only. */
import { LRUCache } from 'lru-cache';
import type { ActorId } from '../../events/ids.ts';

export type Affinity = Readonly<{
  /** The key that made one of these ids (a response, a file, a batch, a cached content). */
  makerOf(ids: readonly string[]): ActorId | undefined;
  /** The key that a conversation was last answered with. */
  keyOf(conversation: string): ActorId | undefined;
  made(ids: readonly string[], keyId: ActorId): void;
  answered(conversation: string, keyId: ActorId): void;
}>;

/** Longer ids are kept by their digest, so that the memory has a bound in bytes too. */
const longestId = 128;
const kept = (id: string): string =>
  id.length <= longestId
    ? id
    : `digest of ${new Bun.CryptoHasher('sha256').update(id).digest('hex')}`;

export function createAffinity(max = 100_000): Affinity {
  const makers = new LRUCache<string, ActorId>({ max });
  const conversations = new LRUCache<string, ActorId>({ max });
  return {
    makerOf(ids) {
      for (const id of ids) {
        const maker = makers.get(kept(id));
        if (maker) return maker;
      }
      return undefined;
    },
    keyOf: (conversation) => conversations.get(kept(conversation)),
    made(ids, keyId) {
      for (const id of ids) makers.set(kept(id), keyId);
    },
    answered: (conversation, keyId) => void conversations.set(kept(conversation), keyId),
  };
}
