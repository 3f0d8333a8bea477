/** Ends what is under way. Bun's AbortController is more than a request needs, and costs one in a hundred of them. */

/** What can be seen of it. An `AbortSignal` is one too. */
export type AbortState = Readonly<{
  aborted: boolean;
  /** Any value, as with an `AbortSignal`. */
  // oxlint-disable-next-line no-explicit-any
  reason: any;
  addEventListener: (type: 'abort', listener: () => void) => void;
}>;

export type Abort = Readonly<{ signal: AbortState; abort: (reason?: unknown) => void }>;

const nobodyWaits = new DOMException('the request is not waited for any more', 'AbortError');

export function createAbort(): Abort {
  let listeners: (() => void)[] | undefined;
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener(_: 'abort', listener: () => void) {
      listeners ??= [];
      listeners.push(listener);
    },
  };
  return {
    signal,
    abort(reason = nobodyWaits) {
      if (signal.aborted) return;
      signal.aborted = true;
      signal.reason = reason;
      const told = listeners;
      listeners = undefined;
      for (const tell of told ?? []) tell();
    },
  };
}
