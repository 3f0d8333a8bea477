/** Names as the outside has them: `untilMs` becomes `until_ms`. Only names change, never values. */

/** Fields whose keys are data: models, addresses, session ids. */
const keyedByData = new Set(['models', 'failures', 'endedSessions']);

/** Fields that are somebody else's JSON: nothing in them has another name here. */
const asItCame = new Set(['item', 'capabilities', 'serverInfo']);

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function renamed(record: object, nameOf: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]: [string, unknown]) => [
      nameOf(key),
      valueUnder(key, value),
    ]),
  );
}

function valueUnder(key: string, value: unknown): unknown {
  if (asItCame.has(key)) return value;
  return keyedByData.has(key) && isRecord(value) ? renamed(value, (own) => own) : converted(value);
}

function converted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(converted);
  return isRecord(value) ? renamed(value, snakeCase) : value;
}

export const snakeCased = (record: object): Record<string, unknown> => renamed(record, snakeCase);
