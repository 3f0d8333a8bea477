/** Gemini names the model in some bodies again, and refuses a name that is not the path's. */
import { arrayOf, objectOf, type JsonObject } from './json.ts';

const named = (json: JsonObject, name: string): JsonObject =>
  typeof json.model === 'string' ? { ...json, model: name } : json;

const namesOne = (value: unknown): boolean => typeof objectOf(value)?.model === 'string';

/** The body with this model wherever a call of Gemini's names one; null when it names none. */
export function withInnerModels(body: unknown, model: string): Uint8Array<ArrayBuffer> | null {
  const json = objectOf(body);
  if (json === null) return null;
  const { requests, generateContentRequest: counted } = json;
  if (![json, counted, ...arrayOf(requests)].some(namesOne)) return null;
  const name = /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`;
  const inner = (value: unknown) => {
    const object = objectOf(value);
    return object === null ? value : named(object, name);
  };
  const renamed = {
    ...named(json, name),
    ...(Array.isArray(requests) && { requests: requests.map(inner) }),
    ...(counted !== undefined && { generateContentRequest: inner(counted) }),
  };
  return new TextEncoder().encode(JSON.stringify(renamed));
}
