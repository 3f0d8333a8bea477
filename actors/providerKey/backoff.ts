/** How long a rest lasts. */
import type { Longest } from './commands.ts';

const secondMs = 1_000;
const hourMs = 3_600_000;

const bounds = {
  hour: { firstMs: 5 * secondMs, longestMs: hourMs },
  day: { firstMs: hourMs, longestMs: 24 * hourMs },
} as const satisfies Record<Longest, object>;

/** What the vendor asked for, kept within reason: a hint of days is more often a mistake than a fact. */
export const clampHintMs = (hintMs: number, longest: Longest): number =>
  Math.min(Math.max(Math.ceil(hintMs), secondMs), bounds[longest].longestMs);

/** Without a hint: 5, 10, 20 … seconds up to an hour; for an exhausted quota 1, 2, 4 … hours up to a day. */
export function backoffMs(strikes: number, longest: Longest): number {
  const { firstMs, longestMs } = bounds[longest];
  return Math.min(firstMs * 2 ** Math.min(strikes - 1, 30), longestMs);
}
