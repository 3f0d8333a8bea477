/** Usual requests, still in the rows in which they travelled: who counts many need make no objects of them. */
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { t, type Static } from './schema.ts';
import { trafficSchemas } from './traffic.ts';

const year10000Ms = 253_402_300_800_000;
const { dialect, outcome } = trafficSchemas.RequestFinished.properties;
/** A text of the message's table. */
const place = t.Integer({ minimum: 0 });
const count = t.Integer();
const counts = [count, count, count, count] as const;

/** The cells of `columns`, for a request that one attempt answered and whose usage has no parts. */
const cells = [
  t.String(),
  t.Integer({ minimum: 0, maximum: year10000Ms - 1 }),
  t.Union([t.Null(), t.String()]),
  place,
  place,
  place,
  place,
  place,
  place,
  place,
  count,
  place,
  t.Boolean(),
  count,
  t.Number(),
  t.Number(),
  count,
  count,
  t.Union([t.Null(), t.Tuple([...counts]), t.Tuple([...counts, count])]),
  t.Union([t.Null(), count]),
  t.Union([t.Null(), place]),
  t.Tuple([count, count]),
] as const;
const plain = t.Tuple([...cells]);
const routed = t.Tuple([...cells, place]);

/** A row of a usual request; its numbers for texts are places in the strings of its message. */
export type UsualRow = Static<typeof plain> | Static<typeof routed>;

/** Of what a message holds: a row, or an event that was made of one already. */
export const isUsualRow = (entry: UsualRow | object): entry is UsualRow => Array.isArray(entry);

const fits = { plain: TypeCompiler.Compile(plain), routed: TypeCompiler.Compile(routed) };
const isDialect = TypeCompiler.Compile(dialect);
const isOutcome = TypeCompiler.Compile(outcome);

const hasCells = (row: unknown[]): row is UsualRow =>
  row.length === cells.length ? fits.plain.Check(row) : fits.routed.Check(row);

/** Tells the usual rows of one message, with these strings, from all others. */
export function usualRowsOf(strings: readonly string[]) {
  const size = strings.length;
  const dialects = strings.map((text) => isDialect.Check(text));
  const outcomes = strings.map((text) => isOutcome.Check(text));
  return (row: unknown[]): row is UsualRow =>
    hasCells(row) &&
    row[3] < size &&
    dialects[row[4]] === true &&
    row[5] < size &&
    row[6] < size &&
    row[7] < size &&
    row[8] < size &&
    row[9] < size &&
    outcomes[row[11]] === true &&
    (row[20] ?? 0) < size &&
    (row[22] ?? 0) < size;
}
