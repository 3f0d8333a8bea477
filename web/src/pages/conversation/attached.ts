/** Files that go with what is said. */
import { bytes } from '../../design/format.ts';
import type { Part } from '../../live/conversationCommands.ts';

export type Attached = Readonly<{ name: string; part: Part; sizeBytes: number }>;
const mostBytes = 8_000_000;
export const filesAtMost = 8;

/** By the browser itself: a loop over the bytes would hold the page still. */
const base64Of = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => {
      const url = typeof reader.result === 'string' ? reader.result : '';
      resolve(url.slice(url.indexOf(',') + 1));
    });
    reader.addEventListener('error', () => reject(new Error(`${file.name} cannot be read`)));
    reader.readAsDataURL(file);
  });

/** @throws with words for whoever chose it. */
export async function attachedOf(file: File): Promise<Attached> {
  if (file.size > mostBytes) throw new Error(`${file.name} is larger than ${bytes(mostBytes)}`);
  const type = file.type.startsWith('image/') ? 'image' : 'file';
  const mediaType = file.type || 'application/octet-stream';
  const part = { type, media_type: mediaType, data: await base64Of(file), name: file.name };
  return { name: file.name, part, sizeBytes: file.size };
}
