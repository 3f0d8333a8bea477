/** Results of tools that answer the same for a while: each for one client, for so long as the operator says. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ActorId } from '../../../events/ids.ts';
import type { Asker } from '../asker.ts';
import type { Offer } from '../catalog.ts';
import { isObject, type Json } from '../rpc/message.ts';
import { canonical } from './canonical.ts';

export type Results = Readonly<{
  /** Where a result of this call is kept; undefined for one that is not to be kept. */
  keyOf(asker: Asker, tool: Offer, params: Json, isShared: boolean): string | undefined;
  get(key: string): Json | undefined;
  put(key: string, result: Json, keepMs: number): void;
  /** Something may have changed on this server: what was kept of it is not used again. */
  forget(server: ActorId): void;
  stats(): Readonly<{ hits: number; misses: number; entries: number; bytes: number }>;
}>;

const mostBytes = 32 * 1024 * 1024;
const mostResultBytes = 256 * 1024;
const mostArgumentBytes = 64 * 1024;

const textOf = (value: unknown): string | undefined => {
  try {
    return canonical(value);
  } catch {
    return undefined;
  }
};

/** A tool that says of itself that it changes nothing, and the same however often it is called. */
export function isRepeatable({ item }: Pick<Offer, 'item'>): boolean {
  const { annotations } = item;
  return (
    isObject(annotations) &&
    annotations['readOnlyHint'] === true &&
    annotations['idempotentHint'] === true
  );
}

export const changesNothing = ({ item }: Pick<Offer, 'item'>): boolean => {
  const { annotations } = item;
  return isObject(annotations) && annotations['readOnlyHint'] === true;
};

export function createResults(): Results {
  const kept = new LRUCache<string, { result: Json; bytes: number }>({
    maxSize: mostBytes,
    maxEntrySize: mostResultBytes,
    sizeCalculation: ({ bytes }) => bytes,
  });
  const generations = new Map<ActorId, number>();
  let hits = 0;
  let misses = 0;

  return {
    keyOf({ client, key, era }, { server, own, hash }, params, isShared) {
      // Part of a longer exchange, or of a task: not the same twice.
      if ('inputResponses' in params || 'requestState' in params || 'task' in params)
        return undefined;
      const text = textOf(params['arguments'] ?? {});
      if (text === undefined || text.length > mostArgumentBytes) return undefined;
      const whose = [client?.keyId ?? '', isShared ? '' : key, era];
      const what = [server, String(generations.get(server) ?? 0), own, hash, text];
      const hasher = createHash('sha256');
      for (const part of [...whose, ...what]) hasher.update(part).update('\0');
      return hasher.digest('base64');
    },
    get(key) {
      const found = kept.get(key);
      if (found) hits += 1;
      else misses += 1;
      return found?.result;
    },
    put(key, result, keepMs) {
      const isOfOneTurn = result['isError'] === true || result['resultType'] === 'input_required';
      if (isOfOneTurn || result['task'] !== undefined) return;
      const bytes = Buffer.byteLength(JSON.stringify(result)) + key.length;
      kept.set(key, { result, bytes }, { ttl: keepMs });
    },
    forget(server) {
      generations.set(server, (generations.get(server) ?? 0) + 1);
    },
    stats: () => ({ hits, misses, entries: kept.size, bytes: kept.calculatedSize }),
  };
}
