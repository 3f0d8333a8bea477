/** How the vendors' dialects write the ids of what one key made. */
import { objectOf, textOf, type JsonObject } from './json.ts';

/** How much of a long list is looked at: newest first, since the newest ids are the binding ones. */
export const maxItems = 256;
export const maxIds = 64;

export function newest(items: readonly unknown[], most: number): readonly unknown[] {
  return items.length > most ? items.slice(-most) : items;
}

export function hashOf(text: string): string {
  return Bun.hash(text).toString(36);
}

/** Reasoning by the end of its cipher: stateless clients send it back without the id that it had. */
export function cipherId(item: JsonObject): string | null {
  const cipher = textOf(item.encrypted_content);
  return cipher === null ? null : `encrypted-${hashOf(cipher.slice(-64))}`;
}

/** A thing is named by its id or is an object with one. */
export function idOf(value: unknown): string | null {
  return textOf(value) ?? textOf(objectOf(value)?.id);
}

/** `files/abc` out of `https://…/v1beta/files/abc`. */
export function geminiFile(uri: unknown): string | null {
  return /(?:^|\/)(files\/[\w-]+)$/.exec(textOf(uri) ?? '')?.[1] ?? null;
}
