/** What one line of the table of settings is made of. */
import { Type } from '@sinclair/typebox';
import type { TSchema } from '@sinclair/typebox';

export type Row<T> = Readonly<{
  fallback: T;
  schema: TSchema;
  /** In words, for who sends a value that does not fit. */
  expected: string;
  /** What else is wrong with a value that has the form; undefined when nothing is. */
  problem?: (value: unknown) => string | undefined;
  unit: string | null;
  meaning: string;
  /** The environment variable that it beats. */
  variable: string | null;
}>;

type Extras = Partial<Pick<Row<unknown>, 'unit' | 'variable'>>;

const plain = { unit: null, variable: null };

const figure = (value: number): string => value.toLocaleString('en-US');

export const whole = (
  fallback: number,
  [least, most]: readonly [least: number, most: number],
  meaning: string,
  extras: Extras = {},
): Row<number> => ({
  ...plain,
  ...extras,
  fallback,
  meaning,
  schema: Type.Integer({ minimum: least, maximum: most }),
  expected: `a whole number from ${figure(least)} to ${figure(most)}`,
});

export const milliseconds = (
  fallback: number,
  bounds: readonly [least: number, most: number],
  meaning: string,
): Row<number> => whole(fallback, bounds, meaning, { unit: 'ms' });

export const orNone = (
  row: Row<number>,
  fallback: number | null,
  none: string,
): Row<number | null> => ({
  ...row,
  fallback,
  schema: Type.Union([row.schema, Type.Null()]),
  expected: `${row.expected}, or null for ${none}`,
});

export const onOff = (fallback: boolean, meaning: string, extras: Extras = {}): Row<boolean> => ({
  ...plain,
  ...extras,
  fallback,
  meaning,
  schema: Type.Boolean(),
  expected: 'true or false',
});

/** A list of JSON objects. */
export const listOf = <T>(
  schema: TSchema & Readonly<{ static: T }>,
  most: number,
  meaning: string,
  expected: string,
): Row<readonly T[]> => ({
  ...plain,
  fallback: [],
  meaning,
  schema: Type.Array(schema, { maxItems: most }),
  expected,
});
