/** The error with which a vendor ends a stream. */
import { objectOf, textOf, type JsonObject } from '../proxy/json.ts';

export function failureIn(json: JsonObject): string | null {
  const { error } = json;
  if (error === undefined || error === null) return null;
  return textOf(objectOf(error)?.message) ?? textOf(error) ?? JSON.stringify(error);
}
