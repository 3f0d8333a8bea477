/** Reads JSON of unknown shape; the casts of the proxy's dialects are all here. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return value as JsonObject;
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A count of tokens; whatever is none is 0. */
export function countOf(value: unknown): number {
  if (typeof value !== 'number' || value < 0) return 0;
  return value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : 0;
}

/** The object that a text holds, or null where it holds none. */
export function parseObject(text: string): JsonObject | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}
