/** A tool's schema as a form, and what is filled in as arguments. */
import { describe, expect, test } from 'bun:test';
import {
  argumentsOf,
  FieldFault,
  fieldsOf,
  objectIn,
  usualValues,
  valuesOf,
} from '../../web/src/pages/mcpTools/schema.ts';

const schema = {
  type: 'object',
  required: ['path', 'mode', 'limits'],
  properties: {
    path: { type: 'string', description: 'Where' },
    text: { type: 'string', maxLength: 5_000 },
    mode: { enum: ['read', 'write', 3], default: 'read' },
    depth: { anyOf: [{ type: 'integer', minimum: 1, maximum: 9 }, { type: 'null' }] },
    isDeep: { type: ['boolean', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
    limits: { $ref: '#/$defs/limits' },
  },
  $defs: { limits: { type: 'object', properties: { lines: { type: 'number', default: 10 } } } },
};
const fields = fieldsOf(schema);

describe('the form of a tool', () => {
  test('has a field of the right sort for each property', () => {
    expect(fields.map(({ name, sort, isRequired }) => [name, sort, isRequired])).toEqual([
      ['path', 'text', true],
      ['text', 'long', false],
      ['mode', 'choice', true],
      ['depth', 'integer', false],
      ['isDeep', 'boolean', false],
      ['tags', 'json', false],
      ['limits', 'group', true],
    ]);
    expect(fields.find(({ name }) => name === 'depth')?.hint).toBe('1 to 9');
    expect(fields.at(-1)?.fields.map(({ path }) => path)).toEqual(['limits\nlines']);
  });

  test('begins with the usual values, and leaves out what is empty', () => {
    const values = { ...usualValues(fields), path: '/here', depth: '2', tags: '["a"]' };
    expect(argumentsOf(fields, values)).toEqual({
      path: '/here',
      mode: 'read',
      depth: 2,
      tags: ['a'],
      limits: { lines: 10 },
    });
  });

  test('shows arguments that came from elsewhere, and means the same by them', () => {
    const args = { path: '', mode: 3, isDeep: false, tags: [], limits: { lines: 0 } };
    expect(argumentsOf(fields, valuesOf(fields, args))).toEqual(args);
  });

  test('names the field that cannot be read', () => {
    const faultOf = (values: Readonly<Record<string, string>>) => {
      try {
        argumentsOf(fields, { mode: '"read"', ...values });
        return undefined;
      } catch (error) {
        return error instanceof FieldFault ? error.path : error;
      }
    };
    expect(faultOf({ tags: '[' })).toBe('tags');
    expect(faultOf({ mode: '' })).toBe('mode');
    expect(faultOf({ 'limits\nlines': 'many' })).toBe('limits\nlines');
    expect(faultOf({})).toBeUndefined();
  });

  test('takes a JSON object alone as a whole', () => {
    expect(objectIn(' ')).toEqual({});
    expect(() => objectIn('[1]')).toThrow(FieldFault);
    expect(() => objectIn('{')).toThrow(FieldFault);
  });

  test('follows a schema that refers to itself only so deep', () => {
    const endless = {
      properties: { next: { $ref: '#/$defs/node' } },
      $defs: {
        node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } },
      },
    };
    expect(JSON.stringify(fieldsOf(endless)).length).toBeLessThan(5_000);
  });
});
