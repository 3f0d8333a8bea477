/** Gemini's own form of a schema, which names types in capitals, as JSON Schema. */
import { arrayOf, objectOf, type JsonObject } from '../../proxy/json.ts';

const withSchemas = new Set(['properties', 'defs']);
const counts = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

/** Deeper ones are nobody's. */
const maxDepth = 64;

function fieldOf(name: string, value: unknown, depth: number): unknown {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase();
  // A 64-bit number is a text in this form.
  if (counts.has(name) && typeof value === 'string') return Number(value);
  const object = objectOf(value);
  if (withSchemas.has(name) && object) {
    return Object.fromEntries(
      Object.entries(object).map(([key, schema]) => [key, asJsonSchema(schema, depth + 1)]),
    );
  }
  if (name === 'anyOf') return arrayOf(value).map((schema) => asJsonSchema(schema, depth + 1));
  if (name === 'items') return asJsonSchema(value, depth + 1);
  return value;
}

export function asJsonSchema(value: unknown, depth = 0): JsonObject {
  const schema = objectOf(value);
  if (!schema || depth > maxDepth) return {};
  const { nullable, propertyOrdering: _order, ...fields } = schema;
  const written = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, fieldOf(name, field, depth)]),
  );
  return nullable === true ? { ...written, type: [written.type, 'null'] } : written;
}
