/** A setting's name outside, and the id of its actor. */
import { actorId, type ActorId } from '../../events/ids.ts';
import { snakeCase } from '../present/snakeCase.ts';
import { keys, type SettingKey } from './table.ts';

export const nameOf = (key: SettingKey): string => snakeCase(key);

const keyByName = new Map(keys.map((key) => [nameOf(key), key]));
const idByKey = new Map(keys.map((key) => [key, actorId(nameOf(key).replaceAll('_', '-'))]));
const keyById = new Map([...idByKey].map(([key, id]) => [id, key]));

export const keyNamed = (name: string): SettingKey | undefined => keyByName.get(name);
export const keyOfActor = (id: ActorId): SettingKey | undefined => keyById.get(id);

export function actorOf(key: SettingKey): ActorId {
  const id = idByKey.get(key);
  if (!id) throw new Error(`server/settings/table.ts has no line for ${key}`);
  return id;
}
