/** One recorded body as it lies in the store: packed, then sealed with AES-256-GCM under its day's key. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { BodyPart } from '../../events/bodies.ts';
import type { DayKey } from './dayKeys.ts';

/** A body as it passed, cut off after `recordedAtMost`. Headers are not kept: they carry credentials. */
export type RecordedPart = Readonly<{
  contentType: string;
  contentEncoding: string;
  /** Of the whole body, also where less is kept. */
  bodyBytes: number;
  body: Uint8Array;
}>;

/** So much of a body is kept; packed and sealed it fits into one message. */
export const recordedAtMost = 1_000_000;

const version = 1;
const dayEnd = 11;
const ivEnd = dayEnd + 12;
const tagBytes = 16;

/** A body that was moved to another request, or from answer to request, does not open. */
const aad = (requestId: string, part: BodyPart): Buffer => Buffer.from(`${requestId}\n${part}`);

export function sealPart(
  { day, key }: DayKey,
  requestId: string,
  part: BodyPart,
  { body, ...head }: RecordedPart,
): Uint8Array {
  const headText = Buffer.from(JSON.stringify(head));
  const headSize = Buffer.alloc(4);
  headSize.writeUInt32BE(headText.length);
  const packed = Bun.zstdCompressSync(Buffer.concat([headSize, headText, body]));
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad(requestId, part));
  const sealed = [cipher.update(packed), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([Buffer.from([version]), Buffer.from(day), iv, ...sealed]);
}

/** The day whose key opens it; undefined for what this version cannot read. */
export const dayOfSealed = (sealed: Uint8Array): string | undefined =>
  sealed[0] === version ? Buffer.from(sealed.subarray(1, dayEnd)).toString('latin1') : undefined;

/** @throws when the key, the request or the part is another one, or a bit has changed. */
export function openPart(
  { key }: DayKey,
  requestId: string,
  part: BodyPart,
  sealed: Uint8Array,
): RecordedPart {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(dayEnd, ivEnd));
  decipher.setAAD(aad(requestId, part)).setAuthTag(sealed.subarray(-tagBytes));
  const packed = [decipher.update(sealed.subarray(ivEnd, -tagBytes)), decipher.final()];
  const plain = Bun.zstdDecompressSync(Buffer.concat(packed));
  const bodyFrom = 4 + plain.readUInt32BE(0);
  const head = JSON.parse(plain.toString('utf8', 4, bodyFrom)) as Omit<RecordedPart, 'body'>;
  return { ...head, body: plain.subarray(bodyFrom) };
}
