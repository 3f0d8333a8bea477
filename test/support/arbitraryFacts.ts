/** Any fact that fits its schema: for what has to hold whatever happened. */
import fc from 'fast-check';
import type { TSchema } from '@sinclair/typebox';
import type { Fact } from '../../events/event.ts';

const few = fc.constantFrom('one', 'two', 'three_four', 'fiveSix', 'operator', 'environment');

/** A value of a schema; of texts and numbers only a few, so that they meet again. */
function valueOf(schema: TSchema): fc.Arbitrary<unknown> {
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  const union: unknown = schema['anyOf'];
  if (Array.isArray(union)) return fc.oneof(...union.map((one) => valueOf(one as TSchema)));
  switch (schema['type']) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(valueOf(schema['items'] as TSchema), { maxLength: 3 });
    case 'string':
      return few;
    case 'integer':
    case 'number':
      return fc.integer({ min: 0, max: 3 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.constantFrom(null, 1, 'text');
  }
}

function objectOf(schema: TSchema): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, TSchema>;
  if (Object.keys(properties).length === 0) return fc.constant({});
  const required = (schema['required'] ?? []) as string[];
  const fields = Object.entries(properties).map(([name, one]) => [name, valueOf(one)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: required as never[] });
}

export const arbitraryFacts = (
  schemas: Readonly<Record<string, TSchema>>,
): fc.Arbitrary<readonly Fact[]> =>
  fc.array(
    fc.oneof(
      ...Object.entries(schemas).map(([type, schema]) =>
        valueOf(schema).map((data) => ({ type, data: data as object })),
      ),
    ),
    { maxLength: 12, size: 'max' },
  );
