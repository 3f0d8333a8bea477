/** One heap and one timer for every deadline of every actor. */

export type Deadlines<Key> = Readonly<{
  /** Sets, moves or (with undefined) clears the deadline of a key. Epoch milliseconds. */
  set(key: Key, atMs: number | undefined): void;
  size(): number;
  stop(): void;
}>;

type Entry<Key> = Readonly<{ atMs: number; key: Key }>;

/** A clock that is set forward, or a machine that slept, makes a deadline late by no more than this. */
const longestTimerMs = 30_000;

/**
 * Calls `onDue` once for each deadline, never early by `now`, at most a few milliseconds late. A moved deadline
 * leaves its old entry in the heap, where it is recognised as stale; the heap is rebuilt before those outnumber
 * the live ones.
 */
export function createDeadlines<Key>(now: () => number, onDue: (key: Key) => void): Deadlines<Key> {
  const current = new Map<Key, number>();
  let heap: Entry<Key>[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAtMs = Infinity;
  let stopped = false;

  const arm = () => {
    const first = heap[0];
    if (stopped || !first || first.atMs >= timerAtMs) return;
    clearTimeout(timer);
    timerAtMs = first.atMs;
    timer = setTimeout(ring, Math.min(Math.max(first.atMs - now(), 0), longestTimerMs));
  };

  const ring = () => {
    timerAtMs = Infinity;
    // A deadline that is set again while it rings waits for the next ring, even when that is at once.
    const dueMs = now();
    const due: Entry<Key>[] = [];
    for (let first = heap[0]; first; first = heap[0]) {
      const isStale = current.get(first.key) !== first.atMs;
      if (!isStale && first.atMs > dueMs) break;
      heap = pop(heap);
      if (!isStale) due.push(first);
    }
    arm();
    for (const { key, atMs } of due) {
      if (stopped || current.get(key) !== atMs) continue;
      current.delete(key);
      onDue(key);
    }
  };

  return {
    set(key, atMs) {
      if (stopped || current.get(key) === atMs) return;
      if (atMs === undefined) {
        current.delete(key);
        return;
      }
      current.set(key, atMs);
      if (heap.length > 2 * current.size + 64) {
        heap = [...current]
          .map(([k, at]) => ({ key: k, atMs: at }))
          .sort((a, b) => a.atMs - b.atMs);
      } else {
        push(heap, { atMs, key });
      }
      arm();
    },
    size: () => current.size,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function push<Key>(heap: Entry<Key>[], entry: Entry<Key>): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (!parent || parent.atMs <= entry.atMs) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

/** Removes the first entry. */
function pop<Key>(heap: Entry<Key>[]): Entry<Key>[] {
  const last = heap.pop();
  if (!last || heap.length === 0) return heap;
  let index = 0;
  for (;;) {
    let childIndex = 2 * index + 1;
    const left = heap[childIndex];
    if (!left) break;
    const right = heap[childIndex + 1];
    const child = right && right.atMs < left.atMs ? right : left;
    if (child === right) childIndex += 1;
    if (child.atMs >= last.atMs) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
  return heap;
}
