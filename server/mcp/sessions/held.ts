/**
 * A stream of which all is known at once is sent whole, which costs a fraction of one that is written to. Where the
 * answer takes longer, or something is told before it, the stream is opened after all.
 */
import { eventHeaders } from './writer.ts';

export type Held = Readonly<{
  response: Promise<Response>;
  /** All that the stream holds. */
  sendWhole(events: string): void;
  /** Opens the stream. Nothing happens where it was sent, or opened. */
  release(): void;
}>;

type Options = Readonly<{
  request: Request;
  sessionId: string;
  open: () => Response;
  /** The client is gone before either. */
  onGone: () => void;
}>;

/** Most answers are there by then; a client that waits longer wants to know that it is heard. */
const holdMs = 25;
const clientClosedRequest = 499;

export function hold({ request, sessionId, open, onGone }: Options): Held {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const { signal } = request;
  let isOver = false;

  const over = (): boolean => {
    if (isOver) return false;
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', left);
    return true;
  };
  const release = () => {
    if (over()) resolve(open());
  };
  const left = () => {
    if (!over()) return;
    resolve(new Response(null, { status: clientClosedRequest }));
    onGone();
  };
  const timer = setTimeout(release, holdMs);
  signal.addEventListener('abort', left);

  return {
    response: promise,
    sendWhole(events) {
      if (over()) resolve(new Response(events, { headers: eventHeaders(sessionId) }));
    },
    release,
  };
}
