/** An answer whose head is there and whose body may still be coming; read once, as pieces or whole. */
import type { ReadResult, UpstreamAnswer } from '../proxy/upstream.ts';
import type { VendorHeaders } from '../proxy/vendorHeaders.ts';

/** The two sides of an answer: the reader's, and the connection's. */
export type OpenAnswer = Readonly<{
  answer: UpstreamAnswer;
  push(piece: Uint8Array<ArrayBuffer>): void;
  end(): void;
  fail(error: unknown): void;
}>;

/** The connection, as far as the reader steers it: a reader that is slow slows the vendor down. */
export type Flow = Readonly<{ pause: () => void; resume: () => void }>;

/** So much waits for a slow reader. */
const mostWaitingBytes = 256 * 1024;

type Waiter<T> = Readonly<{ resolve: (value: T) => void; reject: (error: unknown) => void }>;

const nothing = new Uint8Array();

export function openAnswer(status: number, headers: VendorHeaders, flow: Flow): OpenAnswer {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let waitingBytes = 0;
  let isPaused = false;
  let isEnded = false;
  let failure: { error: unknown } | undefined;
  let reading: Waiter<ReadResult> | undefined;
  let readingAll: Waiter<Uint8Array<ArrayBuffer> | undefined> | undefined;
  let mostBytes = 0;

  const takeAll = (): Uint8Array<ArrayBuffer> => {
    const [first] = pieces;
    if (!first) return nothing;
    return pieces.length === 1 ? first : Buffer.concat(pieces);
  };

  const resume = () => {
    if (!isPaused) return;
    isPaused = false;
    flow.resume();
  };

  const read = (): Promise<ReadResult> => {
    const piece = pieces.shift();
    if (piece) {
      waitingBytes -= piece.byteLength;
      if (waitingBytes < mostWaitingBytes / 2) resume();
      return Promise.resolve({ done: false, value: piece });
    }
    // What has come is read before the break is told.
    if (failure) return Promise.reject(failure.error);
    if (isEnded) return Promise.resolve({ done: true });
    return new Promise((resolve, reject) => (reading = { resolve, reject }));
  };
  const reader = { read };

  const readAll = (most: number): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    if (failure) return Promise.reject(failure.error);
    if (isEnded) return Promise.resolve(takeAll());
    mostBytes = most;
    resume();
    return new Promise((resolve, reject) => (readingAll = { resolve, reject }));
  };

  return {
    answer: { status, headers, body: { getReader: () => reader, bytes: readAll } },
    push(piece) {
      if (reading) {
        const { resolve } = reading;
        reading = undefined;
        resolve({ done: false, value: piece });
        return;
      }
      pieces.push(piece);
      waitingBytes += piece.byteLength;
      if (readingAll && waitingBytes > mostBytes) {
        readingAll.resolve(undefined);
        readingAll = undefined;
      }
      if (readingAll || isPaused || waitingBytes < mostWaitingBytes) return;
      isPaused = true;
      flow.pause();
    },
    end() {
      isEnded = true;
      // The connection serves another request now, which this one's reader must not keep waiting.
      resume();
      reading?.resolve({ done: true });
      readingAll?.resolve(takeAll());
    },
    fail(error) {
      failure = { error };
      reading?.reject(error);
      readingAll?.reject(error);
    },
  };
}
