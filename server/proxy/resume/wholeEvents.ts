/** Cuts a stream where its events end: half an event could not be gone on with by anybody. */
import { lastEventEnd } from './sseEvents.ts';

export type WholeEvents = Readonly<{
  /** All events that have ended with this chunk; empty for none. */
  push(chunk: Uint8Array): Uint8Array;
  /** What has not ended, and is forgotten with this. */
  rest(): Uint8Array;
}>;

/** What is larger is no event of a text stream: it passes as it comes. */
const heldAtMost = 1024 * 1024;
const nothing = new Uint8Array();

export function createWholeEvents(): WholeEvents {
  let held: Uint8Array = nothing;
  const rest = () => {
    const bytes = held;
    held = nothing;
    return bytes;
  };
  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const end = bytes.length > heldAtMost ? bytes.length : lastEventEnd(bytes);
      held = bytes.subarray(end);
      return bytes.subarray(0, end);
    },
    rest,
  };
}
