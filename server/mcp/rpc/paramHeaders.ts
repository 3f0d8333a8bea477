/** Arguments that a tool wants repeated in headers (`x-mcp-header` in its schema): written for servers, checked for clients. */
import { isObject, type Json } from './message.ts';

type Declared = Readonly<{ path: readonly string[]; header: string; isNumber: boolean }>;

const headerPrefix = 'mcp-param-';
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const repeatable = new Set<unknown>(['string', 'integer', 'number', 'boolean']);
const decimal = /^-?\d+(\.\d+)?$/;
const sentinel = /^=\?base64\?(.*)\?=$/s;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Visible ASCII with blanks inside only: what a header carries unchanged. */
const plain = /^[\x21-\x7E](?:[\t\x20-\x7E]*[\x21-\x7E])?$/;
const deepest = 16;

const none: readonly Declared[] = [];
const known = new WeakMap<Json, readonly Declared[]>();

function collect(schema: Json, path: readonly string[], into: Declared[]): void {
  const name: unknown = schema['x-mcp-header'];
  const { type, properties } = schema;
  if (typeof name === 'string' && token.test(name) && path.length > 0 && repeatable.has(type))
    into.push({ path, header: name, isNumber: type === 'integer' || type === 'number' });
  if (!isObject(properties) || path.length >= deepest) return;
  for (const [key, child] of Object.entries(properties))
    if (isObject(child)) collect(child, [...path, key], into);
}

/** Looked for once per item of the catalog. */
function declaredBy(item: Json): readonly Declared[] {
  const before = known.get(item);
  if (before) return before;
  const schema: unknown = item['inputSchema'];
  const found: Declared[] = [];
  if (isObject(schema)) collect(schema, [], found);
  const declared = found.length > 0 ? found : none;
  known.set(item, declared);
  return declared;
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return value;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  const isWritable =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isWritable ? String(value) : undefined;
}

/** As a header takes it. */
export const encodedHeader = (text: string): string =>
  plain.test(text) && !sentinel.test(text)
    ? text
    : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;

function decoded(text: string): string | undefined {
  const [, inner] = sentinel.exec(text) ?? [];
  if (inner === undefined) return text;
  if (!base64.test(inner)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(inner, 'base64'));
  } catch {
    return undefined;
  }
}

/** The headers of a call of this tool; undefined for a tool that wants none. */
export function paramHeaders(item: Json, args: unknown): Record<string, string> | undefined {
  const declared = declaredBy(item);
  if (declared.length === 0) return undefined;
  const headers: Record<string, string> = {};
  for (const { path, header } of declared) {
    const text = textOf(valueAt(args, path));
    if (text !== undefined) headers[headerPrefix + header.toLowerCase()] = encodedHeader(text);
  }
  return headers;
}

/** In what way a client's headers are not what its body says; undefined when they are. */
export function paramFault(item: Json, args: unknown, headers: Headers): string | undefined {
  for (const { path, header, isNumber } of declaredBy(item)) {
    const value = valueAt(args, path);
    const wanted = textOf(value);
    if (wanted === undefined) continue;
    const given = headers.get(headerPrefix + header);
    if (given === null) return `Header mismatch: the Mcp-Param-${header} header is missing`;
    const text = decoded(given);
    if (text === undefined) return `Header mismatch: Mcp-Param-${header} is no valid Base64`;
    const isEqual =
      isNumber && typeof value === 'number' && decimal.test(text)
        ? Number(text) === value
        : text === wanted;
    if (!isEqual)
      return `Header mismatch: Mcp-Param-${header} is not the body's arguments.${path.join('.')}`;
  }
  return undefined;
}

/** What a client repeats for whoever is further up, known here or not. */
export function paramHeadersIn(headers: Headers): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  headers.forEach((value, name) => {
    if (name.startsWith(headerPrefix)) (found ??= {})[name] = value;
  });
  return found;
}
