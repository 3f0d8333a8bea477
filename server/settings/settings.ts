/** Settings as they are in force here: one object that is read as it is and changes in place. */
import { isDeepStrictEqual } from 'node:util';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { settingKind } from '../../actors/setting/setting.ts';
import type { Cause } from '../../events/event.ts';
import type { Config } from '../config.ts';
import { actorOf, keyNamed, keyOfActor, nameOf } from './names.ts';
import type { Row } from './row.ts';
import { keys, table, usualValues, type SettingKey, type Values } from './table.ts';

export type SettingView = Readonly<{
  name: string;
  value: unknown;
  default: unknown;
  unit: string | null;
  source: 'default' | 'environment' | 'api';
  meaning: string;
  variable: string | null;
  /** What the variable says, also when an operator's value beats it; null when it is not set. */
  variableValue: unknown;
}>;

export type Settings = Readonly<{
  /** Always the same object, changed in place: keep it, read it late, never copy it. */
  values: Readonly<Values>;
  /** Called after `values` has changed, whichever gateway the change came to. Returns an idempotent unsubscribe. */
  onChange<Key extends SettingKey>(key: Key, listener: (value: Values[Key]) => void): () => void;
  view(): SettingView[];
  /** Undefined for a name that no setting has. */
  viewOf(name: string): SettingView | undefined;
  /** @throws {Refusal} NOT_FOUND, INVALID. @throws {LogUnavailable} */
  change(name: string, value: unknown, cause: Cause): Promise<SettingView>;
  /** Back to the variable or the default. @throws {Refusal} NOT_FOUND. @throws {LogUnavailable} */
  reset(name: string, cause: Cause): Promise<SettingView>;
  /** May be called twice. */
  stop(): void;
}>;

type Options = Readonly<{
  runtime: Pick<Runtime, 'of'>;
  /** What the variables say. */
  config: Pick<Config, 'settings'>;
  /** Other defaults than the table's. */
  defaults?: Partial<Values>;
  onError: (error: unknown, about: string) => void;
}>;

const checks = new Map(keys.map((key) => [key, TypeCompiler.Compile(table[key].schema)]));
/** What a value should be and is not; undefined when it fits. */
function problemOf(key: SettingKey, value: unknown): string | undefined {
  const row: Row<unknown> = table[key];
  const problem = row.problem?.(value);
  if (problem !== undefined) return problem;
  return checks.get(key)?.Check(value) ? undefined : `takes ${row.expected}`;
}
const fits = (key: SettingKey, value: unknown): boolean => problemOf(key, value) === undefined;

export function createSettings({ runtime, config, defaults = {}, onError }: Options): Settings {
  const actors = runtime.of(settingKind);
  const usual: Values = { ...usualValues, ...defaults };
  const given = new Map<string, unknown>(
    config.settings
      .filter(({ source }) => source !== 'default')
      .map((one) => [one.name, one.value]),
  );
  const values: Record<string, unknown> = {};
  const listeners = new Map<SettingKey, Set<(value: never) => void>>();

  const variableValueOf = (key: SettingKey): unknown => given.get(table[key].variable ?? '');
  const fallbackOf = (key: SettingKey): unknown => variableValueOf(key) ?? usual[key];
  /** The operator's; undefined where there is none, or none that this version takes. */
  const ownOf = (key: SettingKey): { value: unknown } | undefined => {
    const state = actors.get(actorOf(key))?.state;
    if (state?.value !== 'set') return undefined;
    const { value } = state.context;
    if (fits(key, value)) return { value };
    onError(new Error(`its value is not ${table[key].expected}`), `setting ${nameOf(key)}`);
    return undefined;
  };
  const read = (key: SettingKey): void => {
    const own = ownOf(key);
    values[key] = own ? own.value : fallbackOf(key);
  };
  for (const key of keys) read(key);

  const unsubscribe = actors.subscribe(({ id }) => {
    const key = keyOfActor(id);
    // One of a newer version.
    if (!key) return;
    const before = values[key];
    read(key);
    if (isDeepStrictEqual(before, values[key])) return;
    for (const listener of listeners.get(key) ?? []) listener(values[key] as never);
  });

  const viewOfKey = (key: SettingKey): SettingView => {
    const { unit, meaning, variable } = table[key];
    const variableValue = variableValueOf(key) ?? null;
    const isOwn = ownOf(key) !== undefined;
    return {
      name: nameOf(key),
      value: values[key],
      default: usual[key],
      unit,
      source: isOwn ? 'api' : variableValue === null ? 'default' : 'environment',
      meaning,
      variable,
      variableValue,
    };
  };
  const known = (name: string): SettingKey => {
    const key = keyNamed(name);
    if (key) return key;
    throw new Refusal('NOT_FOUND', `no setting is called ${JSON.stringify(name.slice(0, 100))}`);
  };

  return {
    values: values as Values,
    onChange(key, listener) {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => void set.delete(listener);
    },
    view: () => keys.map(viewOfKey),
    viewOf(name) {
      const key = keyNamed(name);
      return key && viewOfKey(key);
    },
    async change(name, value, cause) {
      const key = known(name);
      const problem = problemOf(key, value);
      if (problem !== undefined) throw new Refusal('INVALID', `${name} ${problem}`);
      const fallback = fallbackOf(key);
      await actors.ask(actorOf(key), { type: 'ChangeSetting', value, fallback }, cause);
      return viewOfKey(key);
    },
    async reset(name, cause) {
      const key = known(name);
      await actors.ask(actorOf(key), { type: 'ResetSetting', fallback: fallbackOf(key) }, cause);
      return viewOfKey(key);
    },
    stop: unsubscribe,
  };
}
