/** Whole events of a server-sent stream: where the last one ends, and what they say. */
import { createParser } from 'eventsource-parser';

/** One event as its receiver sees it; `name` is empty where it has none. */
export type SseEvent = Readonly<{ name: string; data: string }>;

const blankLines = ['\n\n', '\n\r\n', '\r\r'].map((text) => Buffer.from(text));

/** The index after the last blank line, 0 when there is none. */
export function lastEventEnd(bytes: Uint8Array): number {
  const ends = blankLines.map((blank) => {
    const at = Buffer.prototype.lastIndexOf.call(bytes, blank);
    return at === -1 ? 0 : at + blank.length;
  });
  return Math.max(...ends);
}

/** The events in these bytes, also a last one whose blank line has not come; comments are left out. */
export function eventsIn(bytes: Uint8Array): SseEvent[] {
  const events: SseEvent[] = [];
  const parser = createParser({
    onEvent: ({ event = '', data }) => events.push({ name: event, data }),
  });
  parser.feed(Buffer.from(bytes).toString('utf8'));
  parser.feed('\n\n');
  return events;
}
