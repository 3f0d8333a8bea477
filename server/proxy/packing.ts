/** Content encodings, for a look inside: what passes stays packed. */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

/** A small body may unpack into a huge one. */
const mostBytes = 64 * 1024 * 1024;

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array<ArrayBuffer>;
const decoders: Readonly<Record<string, Decoder>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** A copy of the body without its encoding; undefined where that is none, null where it cannot be undone. */
export function unpacked(
  body: Uint8Array,
  encoding: string,
): Uint8Array<ArrayBuffer> | undefined | null {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  try {
    return decode?.(body, { maxOutputLength: mostBytes }) ?? null;
  } catch {
    return null;
  }
}
