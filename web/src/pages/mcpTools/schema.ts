/** A tool's schema as fields of a form, and what was filled in as its arguments. Pure. */

type Schema = Readonly<Record<string, unknown>>;
export type Json = Readonly<Record<string, unknown>>;

export type Field = Readonly<{
  /** Its names from the outside in, joined; `''` is the whole. */
  path: string;
  name: string;
  hint: string;
  isRequired: boolean;
  sort: 'text' | 'long' | 'number' | 'integer' | 'boolean' | 'choice' | 'json' | 'group';
  /** Of a choice: each as JSON. */
  choices: readonly string[];
  fields: readonly Field[];
  usual: string;
}>;

/** What is filled in, by path. Nothing: it is left out. */
export type Values = Readonly<Record<string, string>>;

export class FieldFault extends Error {
  override readonly name = 'FieldFault';
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

const deepest = 4;
const mostFields = 200;
/** Longer ones are asked for in a field of several lines. */
const longText = 200;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows one reference within the schema, and takes the first of several that is not null. */
function plain(schema: unknown, root: Schema): Schema {
  if (!isObject(schema)) return {};
  const reference = schema['$ref'];
  if (typeof reference === 'string' && reference.startsWith('#/')) {
    let found: unknown = root;
    for (const part of reference.slice(2).split('/')) {
      found = isObject(found) && Object.hasOwn(found, part) ? found[part] : undefined;
    }
    const { $ref: _, ...beside } = schema;
    return isObject(found) ? { ...found, ...beside } : schema;
  }
  const any = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(any)) return schema;
  const real = any.filter((one) => isObject(one) && one['type'] !== 'null');
  const { anyOf: _, oneOf: __, ...beside } = schema;
  return real.length === 1 ? { ...plain(real[0], root), ...beside } : schema;
}

const typeOf = ({ type }: Schema): unknown =>
  Array.isArray(type) ? type.find((one) => one !== 'null') : type;

function sortOf(schema: Schema, depth: number): Field['sort'] {
  if (Array.isArray(schema['enum'])) return 'choice';
  switch (typeOf(schema)) {
    case 'string': {
      const most = schema['maxLength'];
      return typeof most === 'number' && most > longText ? 'long' : 'text';
    }
    case 'number':
      return 'number';
    case 'integer':
      return 'integer';
    case 'boolean':
      return 'boolean';
    case 'object':
      return isObject(schema['properties']) && depth < deepest ? 'group' : 'json';
    default:
      return 'json';
  }
}

const under = (path: string, name: string): string => (path === '' ? name : `${path}\n${name}`);

const hintOf = (schema: Schema): string => {
  const { description, minimum, maximum, format } = schema;
  const end = (value: unknown) => (typeof value === 'number' ? String(value) : '…');
  const range = [minimum, maximum].some((one) => typeof one === 'number')
    ? `${end(minimum)} to ${end(maximum)}`
    : '';
  return [description, range, format]
    .filter((one) => typeof one === 'string' && one !== '')
    .join(' · ');
};

export function fieldsOf(root: Schema, within: Schema = root, path = '', depth = 0): Field[] {
  const properties = within['properties'];
  if (!isObject(properties)) return [];
  const required = within['required'];
  return Object.entries(properties)
    .slice(0, mostFields)
    .map(([name, given]) => {
      const schema = plain(given, root);
      const sort = sortOf(schema, depth);
      const own = under(path, name);
      const usual = schema['default'];
      const isText = sort === 'text' || sort === 'long';
      return {
        path: own,
        name,
        hint: hintOf(schema),
        isRequired: Array.isArray(required) && required.includes(name),
        sort,
        choices:
          sort === 'choice'
            ? (schema['enum'] as unknown[]).map((one) => JSON.stringify(one))
            : sort === 'boolean'
              ? ['true', 'false']
              : [],
        fields: sort === 'group' ? fieldsOf(root, schema, own, depth + 1) : [],
        usual:
          usual === undefined || usual === null || sort === 'group'
            ? ''
            : isText && typeof usual === 'string'
              ? usual
              : JSON.stringify(usual),
      };
    });
}

export const usualValues = (fields: readonly Field[]): Values =>
  Object.fromEntries(
    fields.flatMap((field) =>
      field.sort === 'group'
        ? Object.entries(usualValues(field.fields))
        : [[field.path, field.usual]],
    ),
  );

function valueOf(field: Field, text: string): unknown {
  if (field.sort === 'text' || field.sort === 'long') return text;
  if (field.sort === 'number' || field.sort === 'integer') {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    throw new FieldFault(field.path, `${field.name}: write a number.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new FieldFault(field.path, `${field.name}: write JSON, as ["a", "b"] or {"a": 1}.`);
  }
}

/** @throws {FieldFault} for what cannot be read. */
export function argumentsOf(fields: readonly Field[], values: Values): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const field of fields) {
    if (field.sort === 'group') {
      const inner = argumentsOf(field.fields, values);
      if (field.isRequired || Object.keys(inner).length > 0) all[field.name] = inner;
      continue;
    }
    const text = values[field.path] ?? '';
    const isText = field.sort === 'text' || field.sort === 'long';
    if (text === '' && !(field.isRequired && isText)) {
      if (field.isRequired) throw new FieldFault(field.path, `${field.name} is missing.`);
      continue;
    }
    all[field.name] = valueOf(field, text);
  }
  return all;
}

/** The other way round: what the form shows for these arguments. */
export function valuesOf(fields: readonly Field[], args: Json): Values {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = Object.hasOwn(args, field.name) ? args[field.name] : undefined;
      if (field.sort === 'group') {
        return Object.entries(valuesOf(field.fields, isObject(value) ? value : {}));
      }
      if (value === undefined) return [[field.path, '']];
      const isText = (field.sort === 'text' || field.sort === 'long') && typeof value === 'string';
      return [[field.path, isText ? value : JSON.stringify(value)]];
    }),
  );
}

/** @throws for a text that is no object. */
export function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    if (isObject(value)) return { ...value };
  } catch {
    // Told below.
  }
  throw new FieldFault('', 'The arguments have to be a JSON object, as {"message": "hello"}.');
}

/** A rule of thumb: four characters are about a token for a model. */
export const tokensIn = (value: unknown): number =>
  Math.ceil((typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).length / 4);
