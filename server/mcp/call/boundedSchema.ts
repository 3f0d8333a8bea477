/** A schema that a server sent, made ready to be run: none that is too large, and a counter in every part of it. */
import { isObject, type Json } from '../rpc/message.ts';

/** A keyword of ours, counted whenever a part of the schema is looked at: chains of `$ref` can multiply without end. */
export const stepKeyword = 'signalbox-step';

const mostChars = 256 * 1024;
const mostDepth = 64;

const schemas = new Set(
  'items additionalItems unevaluatedItems contains not if then else additionalProperties unevaluatedProperties propertyNames'.split(
    ' ',
  ),
);
const listsOfSchemas = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const mapsOfSchemas = new Set(
  'properties patternProperties $defs definitions dependentSchemas dependencies'.split(' '),
);
/** Values, whatever they look like. */
const values = new Set(['const', 'enum', 'default', 'examples']);

type Place = 'schema' | 'list' | 'map' | 'unknown';

const placeOf = (keyword: string, value: unknown): Place => {
  if (Array.isArray(value)) return listsOfSchemas.has(keyword) ? 'list' : 'unknown';
  if (mapsOfSchemas.has(keyword)) return 'map';
  return schemas.has(keyword) ? 'schema' : 'unknown';
};

function counted(value: unknown, place: Place, depth: number): unknown {
  if (depth > mostDepth) throw new RangeError('the schema is nested too deep');
  if (Array.isArray(value)) {
    const each = place === 'list' ? 'schema' : 'unknown';
    return value.map((one) => counted(one, each, depth + 1));
  }
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, held] of Object.entries(value)) {
    if (place === 'map') copy[key] = counted(held, 'schema', depth + 1);
    else copy[key] = values.has(key) ? held : counted(held, placeOf(key, held), depth + 1);
  }
  const isSchema = place === 'schema' || typeof value['$ref'] === 'string';
  if (isSchema && place !== 'map') copy[stepKeyword] = true;
  return copy;
}

/** A copy with the counter in it; undefined where the schema is larger than any that is meant well. */
export function boundedSchema(schema: Json): Json | undefined {
  try {
    if (JSON.stringify(schema).length > mostChars) return undefined;
    const copy = counted(schema, 'schema', 0);
    return isObject(copy) ? copy : undefined;
  } catch {
    return undefined;
  }
}
