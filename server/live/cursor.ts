/** How far a reader has come in each stream: `c12-t34-v56`. */
import type { Sequence } from '../../events/event.ts';

export type Cursor = Readonly<{ control: Sequence; traffic: Sequence; conversations: Sequence }>;

/** A cursor that a list or a client gives; of a stream that it leaves out only what comes from now on is wanted. */
export type PartialCursor = Readonly<{
  control: Sequence;
  traffic?: Sequence;
  conversations?: Sequence;
}>;

export const cursorText = ({ control, traffic, conversations }: PartialCursor): string =>
  `c${control}${traffic === undefined ? '' : `-t${traffic}`}${conversations === undefined ? '' : `-v${conversations}`}`;

export function parseCursor(text: string): PartialCursor | undefined {
  const match = /^c(\d{1,15})(?:-t(\d{1,15}))?(?:-v(\d{1,15}))?$/.exec(text);
  if (!match) return undefined;
  const [, control, traffic, conversations] = match;
  return {
    control: Number(control),
    ...(traffic !== undefined && { traffic: Number(traffic) }),
    ...(conversations !== undefined && { conversations: Number(conversations) }),
  };
}
