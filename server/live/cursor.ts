/** How far a reader has come in both streams: `c12-t34`. */
import type { Sequence } from '../../events/event.ts';

export type Cursor = Readonly<{ control: Sequence; traffic: Sequence }>;

/** A cursor that a list or a client gives; without `traffic` only what comes from now on is wanted of it. */
export type PartialCursor = Readonly<{ control: Sequence; traffic?: Sequence }>;

export const cursorText = ({ control, traffic }: PartialCursor): string =>
  traffic === undefined ? `c${control}` : `c${control}-t${traffic}`;

export function parseCursor(text: string): PartialCursor | undefined {
  const match = /^c(\d{1,15})(?:-t(\d{1,15}))?$/.exec(text);
  if (!match) return undefined;
  const control = Number(match[1]);
  return match[2] === undefined ? { control } : { control, traffic: Number(match[2]) };
}
