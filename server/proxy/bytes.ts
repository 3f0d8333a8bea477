/**
 * Finds JSON keys in raw bytes without decoding them. A quoted key cannot be met inside a JSON
 * string, because the quotes in there are escaped.
 */
import { objectOf, parseObject, type JsonObject } from './json.ts';

const decoder = new TextDecoder();
const quote = 34;
const colon = 58;
const backslash = 92;

export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The text from there on, without a view of it, which would cost more than to decode it. */
function decodeFrom(bytes: Uint8Array, from: number): string {
  return Buffer.prototype.toString.call(bytes, 'utf8', from);
}

/** `"key"`, as `valueAt` wants it. */
export function quoted(key: string): Buffer {
  return Buffer.from(`"${key}"`);
}

/** Buffer's search on a plain Uint8Array: no view is made, which would cost more than the search. */
export function find(bytes: Uint8Array, needle: Buffer, from = 0): number {
  return Buffer.prototype.indexOf.call(bytes, needle, from);
}

export function findLast(bytes: Uint8Array, needle: Buffer, from = bytes.length): number {
  return Buffer.prototype.lastIndexOf.call(bytes, needle, from);
}

/** The index of the first byte from there that is no space of JSON. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 32 || byte === 10 || byte === 13 || byte === 9;) {
    at += 1;
    byte = bytes[at];
  }
  return at;
}

/** Where the value after a key that ends at `from` begins, or -1 when no colon follows. */
function afterColon(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, from);
  return bytes[at] === colon ? skipSpace(bytes, at + 1) : -1;
}

/** Where the value of the next such key begins, or -1. */
export function valueAt(bytes: Uint8Array, key: Buffer, from = 0): number {
  let at = find(bytes, key, from);
  while (at !== -1) {
    const value = afterColon(bytes, at + key.length);
    if (value !== -1) return value;
    at = find(bytes, key, at + key.length);
  }
  return -1;
}

/** Whether one such key has a value that does not begin with `dull` (such as the n of null). */
export function hasValueBut(bytes: Uint8Array, key: Buffer, dull: number): boolean {
  let at = valueAt(bytes, key);
  while (at !== -1) {
    if (bytes[at] !== dull) return true;
    at = valueAt(bytes, key, at);
  }
  return false;
}

/** The closing quote of a string whose first byte inside is at `from`, or -1. */
export function stringEnd(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(quote, from);
  while (at !== -1) {
    let escapes = 0;
    while (at - 1 - escapes >= from && bytes[at - 1 - escapes] === backslash) escapes += 1;
    if (escapes % 2 === 0) return at;
    at = bytes.indexOf(quote, at + 1);
  }
  return -1;
}

/**
 * Moves over JSON from `from`, counting opened minus closed brackets: to where the count is back
 * at 0 (the end of the value that begins there), or over everything.
 */
function scan(bytes: Uint8Array, from: number, untilZero: boolean): { end: number; depth: number } {
  let depth = 0;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      const close = stringEnd(bytes, at + 1);
      if (close === -1) return { end: -1, depth };
      at = close;
    } else if (byte === 123 || byte === 91) depth += 1;
    else if (byte === 125 || byte === 93) {
      depth -= 1;
      if (untilZero && depth === 0) return { end: at + 1, depth };
    }
  }
  return { end: -1, depth };
}

/**
 * Reads the object that a key has at the top level, from the key's last place on: what follows it there is the rest
 * of one object and reads as such. Anywhere deeper more is closed than was opened, and the answer is null.
 */
export function lastMember(name: string) {
  const key = quoted(name);
  return (bytes: Uint8Array): JsonObject | null => {
    const at = findLast(bytes, key);
    if (at < 1 || bytes[at - 1] === backslash) return null;
    return objectOf(parseObject(`{${decodeFrom(bytes, at)}`)?.[name]);
  };
}

export type FoundObject = {
  json: JsonObject;
  /** How many levels enclose it, counted by what closes after it. */
  level: number;
};

/** The last object that is the value of such a key. */
export function lastObject(bytes: Uint8Array, key: Buffer): FoundObject | null {
  let at = findLast(bytes, key);
  for (let tries = 0; at > -1 && tries < 8; tries += 1) {
    const value = afterColon(bytes, at + key.length);
    if (bytes[value] === 123) {
      const { end } = scan(bytes, value, true);
      const json = end === -1 ? null : parseObject(decodeUtf8(bytes.subarray(value, end)));
      return json === null ? null : { json, level: -scan(bytes, end, false).depth };
    }
    at = at === 0 ? -1 : findLast(bytes, key, at - 1);
  }
  return null;
}
