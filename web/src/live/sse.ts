/** Reads one stream of server-sent events until it ends, breaks or falls silent. */
import { createParser } from 'eventsource-parser';
import { ApiProblem } from './api.ts';

type Options = Readonly<{
  url: string;
  signal: AbortSignal;
  onOpen: () => void;
  onEvent: (name: string, data: string, id: string | undefined) => void;
  /** Sent as JSON where there is one. */
  body?: unknown;
  /** The stream goes on after it. */
  lastEventId?: string | undefined;
}>;

/** The gateway says something every ten seconds. */
const silentMs = 25_000;

/** Resolves when the stream ends. @throws {ApiProblem} when it is refused; otherwise when it breaks. */
export async function readEvents(options: Options): Promise<void> {
  const { url, signal, onOpen, onEvent, body, lastEventId } = options;
  const own = new AbortController();
  const stop = () => own.abort();
  signal.addEventListener('abort', stop);
  let timer = setTimeout(stop, silentMs);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(stop, silentMs);
  };
  try {
    const answer = await fetch(url, {
      headers: {
        accept: 'text/event-stream',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: own.signal,
    });
    if (!answer.ok || !answer.body) {
      const { code, detail } = (await answer.json().catch(() => ({}))) as Record<string, string>;
      throw new ApiProblem(answer.status, code ?? 'UNREACHABLE', detail ?? 'No live stream came.');
    }
    onOpen();
    const parser = createParser({
      onEvent: ({ event = '', data, id }) => onEvent(event, data, id),
    });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.feed(value);
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    own.abort();
  }
}
