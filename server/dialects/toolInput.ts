/** What a tool is called with: JSON that a model wrote, and may have written wrong. */
import { objectOf, type JsonObject } from '../proxy/json.ts';

/** Under this name arguments are kept that are no JSON, so that every dialect can carry them. */
const invalidJson = 'INVALID_JSON';
/** Two dialects take objects alone. */
const otherValue = 'value';

export function inputOf(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return { [invalidJson]: text };
  }
}

export function asObject(input: unknown): JsonObject {
  if (input === null || input === undefined) return {};
  return objectOf(input) ?? { [otherValue]: input };
}

export function asText(input: unknown): string {
  return JSON.stringify(input ?? {});
}
