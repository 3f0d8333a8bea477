/** What is said of a step, beside its name: those of its parts that are there. */
import type { Step } from '../../live/history.ts';

export const textIn = ({ event }: Step, name: string): string | undefined => {
  const value = event.data?.[name];
  return typeof value === 'string' ? value : undefined;
};

/** The words of somebody else. */
export const quoted = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : `“${text}”`;

export function inOneLine(parts: readonly (string | undefined)[]): string | undefined {
  const there = parts.filter((part) => part !== undefined);
  return there.length === 0 ? undefined : there.join(' · ');
}
