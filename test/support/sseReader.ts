/** Reads server-sent events as an official client would, and waits for them. */
import { createParser } from 'eventsource-parser';
import { inbox, type Inbox } from './inbox.ts';

export type SseEvent = Readonly<{
  event: string;
  id: string | undefined;
  data: Readonly<Record<string, unknown>>;
}>;

export type SseReader = Inbox<SseEvent> &
  Readonly<{
    comments: Inbox<string>;
    /** The stream's end: `broken` when it was cut off. */
    ended: Promise<'ended' | 'broken'>;
    /** As a client that goes away. */
    leave: () => Promise<void>;
    /** The cursor that a browser would come back with. */
    lastId: () => string | undefined;
  }>;

export function readSse(stream: ReadableStream<Uint8Array>): SseReader {
  const events = inbox<SseEvent>();
  const comments = inbox<string>();
  const reader = stream.getReader();
  const utf8 = new TextDecoder();
  const parser = createParser({
    onEvent: ({ event = '', id, data }) => events.put({ event, id, data: JSON.parse(data) }),
    onComment: comments.put,
  });
  const readAll = async () => {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 'ended';
        parser.feed(utf8.decode(value, { stream: true }));
      }
    } catch {
      return 'broken';
    }
  };
  return {
    ...events,
    comments,
    ended: readAll(),
    leave: () => reader.cancel(),
    lastId: () => events.items.findLast(({ id }) => id !== undefined)?.id,
  };
}
