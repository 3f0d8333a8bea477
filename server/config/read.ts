/** Fills the table of variables from the environment and the command line. */
import type { FlagName, Row } from './row.ts';
import { isUnused, table } from './table.ts';
import {} from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigFlags = Readonly<Partial<Record<FlagName, string>>>;
export type SettingSource = 'default' | 'environment' | 'flag';

type Found<T> = Readonly<{ value: T; source: SettingSource }>;
type Table = typeof table;
type Values = { readonly [Key in keyof Table]: Table[Key] extends Row<infer T> ? T : never };
type Sources = { readonly [Key in keyof Table]: SettingSource };

/** An empty variable counts as none: compose files pass `NAME=` on. */
const textOf = (env: Environment, name: string): string | undefined =>
  env[name] === undefined || env[name].trim() === '' ? undefined : env[name];

function find<T>(row: Row<T>, env: Environment, flags: ConfigFlags, warnings: string[]): Found<T> {
  const flagged = row.flag === null ? undefined : flags[row.flag];
  if (flagged !== undefined)
    return { value: row.parse(flagged, `--${String(row.flag)}`), source: 'flag' };
  const given = [row.name, ...row.aliases].flatMap((name) => {
    const text = textOf(env, name);
    return text === undefined ? [] : [{ name, text }];
  });
  const [first, ...others] = given;
  if (!first) return { value: row.fallback, source: 'default' };
  if (row.joined) {
    const text = given.map((one) => one.text).join(',');
    return {
      value: row.parse(text, given.map((one) => one.name).join(' and ')),
      source: 'environment',
    };
  }
  for (const other of others)
    if (other.text !== first.text)
      warnings.push(`${other.name} is not used, because ${first.name} is set too`);
  return { value: row.parse(first.text, first.name), source: 'environment' };
}

export function readTable(env: Environment, flags: ConfigFlags) {
  const warnings: string[] = [];
  const unused = Object.keys(env).filter((name) => isUnused(name) && textOf(env, name));
  if (unused.length > 0)
    warnings.push(`set, but without a meaning here: ${unused.toSorted().join(', ')}`);
  const rows = Object.entries(table) as [keyof Table, Row<unknown>][];
  const found = rows.map(([key, row]) => [key, find(row, env, flags, warnings)] as const);
  const values = Object.fromEntries(found.map(([key, one]) => [key, one.value])) as Values;
  const sources = Object.fromEntries(found.map(([key, one]) => [key, one.source])) as Sources;
  return { values, sources, warnings };
}
