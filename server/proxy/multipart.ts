/** Finds the small fields of a multipart form in its raw bytes: files are passed over, never decoded. */
import { decodeUtf8, find } from './bytes.ts';
import { parseObject, textOf } from './json.ts';
import { replaceModel } from './modelField.ts';

/** One part of a form that is no file: where it begins, where its value is. */
type Field = Readonly<{ name: string; headFrom: number; from: number; to: number }>;

export type FormView = Readonly<{ model: string | null; stream: boolean }>;

const maxParts = 256;
const maxHeadBytes = 4 * 1024;
const maxFieldBytes = 64 * 1024;
const headEnd = Buffer.from('\r\n\r\n');
const carriageReturn = 13;
const dash = 45;

export const isForm = (contentType: string | null): boolean =>
  contentType !== null && /^multipart\/form-data\b/i.test(contentType);

function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** The field that a part's head names, null for a file. `filename` holds a `name` too, hence what goes before it. */
function fieldName(head: string): string | null {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  if (/;\s*filename\*?=/i.test(disposition)) return null;
  const [, quoted, plain] = /;\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(disposition) ?? [];
  return quoted ?? plain ?? null;
}

/** A delimiter ends its line, or is the last one; what else begins like it belongs to the content. */
function nextDelimiter(bytes: Uint8Array, delimiter: Buffer, from: number): number {
  let at = find(bytes, delimiter, from);
  for (let tries = 0; at !== -1 && tries < maxParts; tries += 1) {
    const after = bytes[at + delimiter.length];
    if (after === carriageReturn || after === dash || after === 32 || after === 9) return at;
    at = find(bytes, delimiter, at + delimiter.length);
  }
  return -1;
}

/** Every field but the files; empty where the body is no form that can be read. */
function fieldsOf(bytes: Uint8Array, contentType: string): Field[] {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return [];
  const opening = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields: Field[] = [];
  let at = nextDelimiter(bytes, opening, 0);
  for (let parts = 0; at !== -1 && parts < maxParts; parts += 1) {
    const headFrom = at + opening.length;
    if (bytes[headFrom] === dash) return fields;
    const head = find(bytes, headEnd, headFrom);
    if (head === -1) return fields;
    const from = head + headEnd.length;
    const to = nextDelimiter(bytes, delimiter, from);
    if (to === -1) return fields;
    if (head - headFrom <= maxHeadBytes && to - from <= maxFieldBytes) {
      const name = fieldName(decodeUtf8(bytes.subarray(headFrom, head)));
      if (name !== null) fields.push({ name, headFrom, from, to });
    }
    at = to + 2;
  }
  return fields;
}

const valueOf = (bytes: Uint8Array, { from, to }: Field): string =>
  decodeUtf8(bytes.subarray(from, to));

/** A call of the Realtime API has its model inside the JSON of its `session`. */
const modelIn = (bytes: Uint8Array, field: Field): string | null => {
  const value = valueOf(bytes, field);
  return field.name === 'model' ? value.trim() : textOf(parseObject(value)?.model);
};

const hasModel = ({ name }: Field): boolean => name === 'model' || name === 'session';

export function readForm(bytes: Uint8Array, contentType: string): FormView {
  let model: string | null = null;
  let stream = false;
  for (const field of fieldsOf(bytes, contentType)) {
    if (hasModel(field)) model = modelIn(bytes, field) ?? model;
    if (field.name === 'stream') stream = valueOf(bytes, field).trim() === 'true';
  }
  return { model, stream };
}

/** The head of a part whose value changes: a length in it would no longer be true. */
const withoutLength = (head: string): string => head.replace(/\r\ncontent-length:[^\r\n]*/gi, '');

/** The same form with another model; no other byte of it changes. */
export function replaceFormModel(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
  model: string,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const field of fieldsOf(bytes, contentType)) {
    const { name, headFrom, from, to } = field;
    if (!hasModel(field) || modelIn(bytes, field) === null) continue;
    const head = withoutLength(decodeUtf8(bytes.subarray(headFrom, from)));
    const value =
      name === 'model' ? Buffer.from(model) : replaceModel(bytes.slice(from, to), model);
    parts.push(bytes.subarray(kept, headFrom), Buffer.from(head), value);
    kept = to;
  }
  if (kept === 0) return bytes;
  parts.push(bytes.subarray(kept));
  return Buffer.concat(parts);
}
