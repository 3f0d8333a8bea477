/** All actors as they were, beside what they are now, and what lies between. */
import type { Actor, Kind } from '../../live/fold/actors.ts';
import type { World } from '../../live/world.ts';

/** As `/api/actors/{kind}/at` has it. */
export type Past = Readonly<{
  kind: string;
  id: string;
  sequence: number;
  status: string;
  context: Readonly<Record<string, unknown>>;
}>;

export type Row = Readonly<{
  /** `kind/id`. */
  name: string;
  kind: Kind;
  id: string;
  /** Undefined: it was not there. */
  past: Past | undefined;
  /** Undefined: it is not there any more. */
  now: Actor | undefined;
  isChanged: boolean;
}>;

export type Difference = Readonly<{ field: string; past: unknown; now: unknown }>;

/** Kinds in the order in which they are shown. */
export const kindsShown: readonly Kind[] = [
  'provider',
  'provider-key',
  'breaker',
  'model-route',
  'client-key',
  'mcp-server',
  'mcp-connection',
  'mcp-backend',
  'setting',
];

/** What is removed is not there, then as now. */
const isThere = ({ status }: Past): boolean => status !== 'removed';

/** What is now, as if it had been asked for. */
export const presentOf = (actors: World['actors']): ReadonlyMap<Kind, readonly Past[]> =>
  new Map(
    kindsShown.map((kind) => [kind, [...(actors[kind] as ReadonlyMap<string, Actor>).values()]]),
  );

export function rowsOf(past: ReadonlyMap<Kind, readonly Past[]>, actors: World['actors']): Row[] {
  return kindsShown.flatMap((kind) => {
    const then = new Map((past.get(kind) ?? []).filter(isThere).map((one) => [one.id, one]));
    const now = actors[kind] as ReadonlyMap<string, Actor>;
    const ids = [...new Set([...then.keys(), ...now.keys()])].sort();
    return ids.map((id): Row => {
      const [before, after] = [then.get(id), now.get(id)];
      const isChanged = before?.sequence !== after?.sequence;
      return { name: `${kind}/${id}`, kind, id, past: before, now: after, isChanged };
    });
  });
}

/** Inner values by their paths, so that a difference is as small as it can be. */
function* leaves(value: unknown, path: string): Generator<readonly [string, unknown]> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) {
    yield [path, value];
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    yield* leaves(inner, path === '' ? name : `${path}.${name}`);
  }
}

/** Of what the console knows of an actor; what lies in no page of it is left out. */
export function differencesOf({ past, now }: Row): readonly Difference[] {
  const status = { field: 'status', past: past?.status ?? null, now: now?.status ?? null };
  const known = new Set(Object.keys(now?.context ?? past?.context ?? {}));
  const of = (context: object | undefined) =>
    new Map(
      Object.entries(context ?? {})
        .filter(([name]) => known.has(name))
        .flatMap(([name, value]) => [...leaves(value, name)]),
    );
  const [before, after] = [of(past?.context), of(now?.context)];
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  const inContext = fields
    .map((field) => ({ field, past: before.get(field) ?? null, now: after.get(field) ?? null }))
    .filter((one) => JSON.stringify(one.past) !== JSON.stringify(one.now));
  return [...(status.past === status.now ? [] : [status]), ...inContext];
}

/** In a line: what became of it since. */
export function changeInWords(row: Row): string {
  if (!row.past) return 'was not there yet';
  if (!row.now) return 'is not there any more';
  if (!row.isChanged) return '';
  const fields = differencesOf(row).map(({ field }) => field.split('.')[0] ?? field);
  const names = [...new Set(fields)].filter((name) => name !== 'status');
  const all = row.past.status === row.now.status ? names : ['state', ...names];
  if (all.length === 0) return 'the same again';
  const shown = all.slice(0, 4).map((name) => name.replace(/(_at)?_ms$/, '').replaceAll('_', ' '));
  return shown.join(', ') + (all.length > 4 ? ` and ${all.length - 4} more` : '');
}

/** What differs most comes first. */
export const byDifference = (one: Row, other: Row): number => weight(other) - weight(one);
const weight = (row: Row): number => {
  if (!row.isChanged) return 0;
  return row.past?.status === row.now?.status ? 1 : 2;
};
