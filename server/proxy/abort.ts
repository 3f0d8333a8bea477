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

type Own = {
  aborted: boolean;
  reason: unknown;
  /** Most have one listener, and no list. */
  first: (() => void) | undefined;
  others: (() => void)[] | undefined;
};

function addEventListener(this: Own, _: 'abort', listener: () => void): void {
  if (!this.first) this.first = listener;
  else (this.others ??= []).push(listener);
}

function abort(this: Readonly<{ signal: Own }>, reason: unknown = nobodyWaits): void {
  const { signal } = this;
  if (signal.aborted) return;
  signal.aborted = true;
  signal.reason = reason;
  const { first, others = [] } = signal;
  signal.first = signal.others = undefined;
  first?.();
  for (const tell of others) tell();
}

/** The functions are shared, not made for each request: `abort` is called on what it belongs to. */
export const createAbort = (): Abort => ({
  signal: {
    aborted: false,
    reason: undefined,
    first: undefined,
    others: undefined,
    addEventListener,
  } as AbortState,
  abort,
});
