/** Query parameters that several lists share. */
import { t } from 'elysia';
import { parseTime } from '../present/time.ts';
import { Problem } from '../http/problem.ts';

const limitAtMost = 1_000;
export const defaultLimit = 100;

export const limitQuery = t.Optional(
  t.Integer({
    minimum: 1,
    maximum: limitAtMost,
    default: defaultLimit,
    error: `limit is a whole number from 1 to ${limitAtMost}`,
    description: 'of one page',
  }),
);

export const orderQuery = t.Optional(
  t.Union([t.Literal('asc'), t.Literal('desc')], {
    default: 'asc',
    error: 'order is asc (oldest first) or desc (newest first)',
  }),
);

const sequenceError = 'a sequence is a whole number from 0 to 9007199254740991';
export const sequenceQuery = (description: string) =>
  t.Optional(
    t.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, error: sequenceError, description }),
  );

export const textQuery = (description: string) =>
  t.Optional(t.String({ maxLength: 200, description }));

export const afterQuery = t.Optional(
  t.Integer({ minimum: 0, description: '`next` of the page before' }),
);

export const timeQuery = (description: string) =>
  t.Optional(
    t.String({ maxLength: 64, description: `${description}; ISO 8601 or epoch milliseconds` }),
  );

/** The time of a query parameter. @throws {Problem} that names the parameter. */
export function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // A plus that was not escaped arrives as a space.
  const timeMs = parseTime(text.replace(/ (?=\d{2}:?\d{2}$)/, '+'));
  if (timeMs !== undefined) return timeMs;
  throw new Problem(
    422,
    'INVALID_QUERY',
    `query.${name}: write a time such as 2026-11-20T10:00:00Z, or epoch milliseconds`,
  );
}

/** `from` and `to`, both included. */
export function spanOf(query: { from?: string | undefined; to?: string | undefined }) {
  const fromMs = timeOf('from', query.from);
  const toMs = timeOf('to', query.to);
  return { ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) };
}

/** Without the parameters that were not given. */
export function given<Query extends object>(query: Query) {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Query]?: Exclude<Query[Name], undefined>;
  };
}

/** A page of all that there is, oldest first: `after` is the last one seen in either order. */
export function pageInOrder<Item extends Readonly<{ sequence: number }>>(
  all: readonly Item[],
  query: Readonly<{ after?: number; order?: 'asc' | 'desc'; limit?: number }>,
) {
  const { after, order = 'asc', limit = defaultLimit } = query;
  const isAscending = order === 'asc';
  const isNext = ({ sequence }: Item) =>
    after === undefined || (isAscending ? sequence > after : sequence < after);
  const rest = (isAscending ? all : all.toReversed()).filter(isNext);
  const data = rest.slice(0, limit);
  return { data, next: rest.length > limit ? (data.at(-1)?.sequence ?? null) : null };
}
