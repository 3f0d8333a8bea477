/** Times as callers write them. */

const iso =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/;

/** The time of an ISO 8601 text (UTC where it names no zone) or of epoch milliseconds; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (!iso.test(text)) return undefined;
  const isDay = text.length === 10;
  const timeMs = Date.parse(isDay || hasZone.test(text.slice(10)) ? text : `${text}Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
