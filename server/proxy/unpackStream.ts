/** Unpacks a stream as it comes: one that a vendor packs though it was asked not to is judged like any other. */
import { once } from 'node:events';
import type { Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import { readerOf, type AnswerBody, type BodyReader } from './upstream.ts';
import type { ReadHeaders } from './vendorHeaders.ts';

const unpackers = new Map<string, () => Transform>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
]);

const nameOf = (headers: ReadHeaders): string =>
  headers.get('content-encoding')?.trim().toLowerCase() ?? '';

const isPacked = (headers: ReadHeaders): boolean => !['', 'identity'].includes(nameOf(headers));

/** False where nobody here can read the answer. */
export const canUnpack = (headers: ReadHeaders): boolean =>
  !isPacked(headers) || unpackers.has(nameOf(headers));

/** Reads what is in the body. */
export function unpackedReader(body: AnswerBody, headers: ReadHeaders): BodyReader {
  const packed = readerOf(body);
  const unpack = unpackers.get(nameOf(headers))?.();
  if (!unpack) return packed;

  const pump = async (): Promise<void> => {
    try {
      for (;;) {
        const { done, value } = await packed.read();
        if (done) break;
        if (!unpack.write(value)) await once(unpack, 'drain');
      }
      unpack.end();
    } catch (error) {
      unpack.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const pieces: AsyncIterator<Uint8Array> = unpack[Symbol.asyncIterator]();
  let pumping: Promise<void> | undefined;
  return {
    async read() {
      pumping ??= pump();
      const { done, value } = await pieces.next();
      return done ? { done: true } : { done: false, value };
    },
  };
}
