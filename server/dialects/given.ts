/** Fields that may be missing. */
import { arrayOf, objectOf, type JsonObject } from '../proxy/json.ts';

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Only the fields that have a value. */
export function given<Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
}

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** The objects in what should be a list of them. */
export const objectsOf = (value: unknown): JsonObject[] =>
  arrayOf(value)
    .map(objectOf)
    .filter((object) => object !== null);
