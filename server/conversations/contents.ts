/** What was said, sealed with the conversation's data key: in an event while it is small, else in the object store. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { ConversationObjects } from '../../events/conversationObjects.ts';
import type { SealedContent } from '../../events/conversation.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { DataKeys } from './dataKeys.ts';

export type Contents = Readonly<{
  /**
   * `label` says what it is, with the turn's id: sealed text that was moved to another place does not open.
   * @param most bytes of it that an event takes; more go to the object store.
   * @throws {Refusal} GONE when the conversation was erased; INVALID. @throws {LogUnavailable}
   */
  seal(keyRef: string, label: string, value: unknown, most?: number): Promise<SealedContent>;
  /** What was sealed. @throws {Refusal} GONE. @throws {LogUnavailable} @throws when it was changed in the store. */
  open(keyRef: string, label: string, content: SealedContent): Promise<unknown>;
  /** Takes away what lies in the object store. @throws {LogUnavailable} */
  erase(content: SealedContent): Promise<void>;
}>;

/** More than this, packed and sealed, goes to the object store. */
const mostInEventBytes = 512 * 1024;
const nonceBytes = 12;
const tagBytes = 16;
/** What is shorter is not worth packing. */
const packFromBytes = 256;
const plain = 0;
const packed = 1;

/** Of much more JSON is not written, and takes a second to say so. */
const mostLevels = 1_000;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

const aad = (keyRef: string, label: string): Buffer => Buffer.from(`${keyRef}\n${label}`);

export function createContents(keys: DataKeys, objects: ConversationObjects): Contents {
  /** By the object in the actor's state: it goes with the actor when that leaves memory. */
  const opened = new WeakMap<SealedContent, unknown>();

  const unseal = (key: Buffer, about: Buffer, nonce: string, sealed: Uint8Array): unknown => {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'));
    decipher.setAAD(about).setAuthTag(sealed.subarray(-tagBytes));
    const bytes = Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
    const body = bytes.subarray(1);
    const text = bytes[0] === packed ? Buffer.from(Bun.zstdDecompressSync(body)) : body;
    return JSON.parse(text.toString());
  };

  const fetched = async (name: string, sha256: string): Promise<Uint8Array> => {
    const bytes = await objects.get(name);
    if (!bytes) throw new Refusal('GONE', 'this content was erased');
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Error(`object ${name} is not what was stored: its hash is another one`);
    return bytes;
  };

  return {
    async seal(keyRef, label, value, most = mostInEventBytes) {
      if (isDeeper(value, mostLevels))
        throw new Refusal('INVALID', 'what is said is nested too deep to be kept');
      const key = await keys.existing(keyRef);
      const text = Buffer.from(JSON.stringify(value));
      const isPacked = text.length >= packFromBytes;
      const body = isPacked ? Bun.zstdCompressSync(text) : text;
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(keyRef, label));
      const head = Buffer.from([isPacked ? packed : plain]);
      const sealed = Buffer.concat([
        cipher.update(head),
        cipher.update(body),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      const known = { nonce: nonce.toString('base64'), contentBytes: text.length };
      if (sealed.length <= most) {
        const content = { ...known, ciphertext: sealed.toString('base64') };
        opened.set(content, value);
        return content;
      }
      const object = `${keyRef}.${crypto.randomUUID()}`;
      await objects.put(object, sealed);
      const content = {
        ...known,
        object,
        sha256: createHash('sha256').update(sealed).digest('hex'),
      };
      opened.set(content, value);
      return content;
    },

    async open(keyRef, label, content) {
      if (opened.has(content)) return opened.get(content);
      const key = await keys.existing(keyRef);
      const sealed =
        'object' in content
          ? await fetched(content.object, content.sha256)
          : Buffer.from(content.ciphertext, 'base64');
      const value = unseal(key, aad(keyRef, label), content.nonce, sealed);
      opened.set(content, value);
      return value;
    },

    async erase(content) {
      if ('object' in content) await objects.erase(content.object);
    },
  };
}
