/** What the log has not taken yet: one message for each id and matter, so it is bounded by keys, not by traffic. */
import { Refusal } from '../../actors/runtime/refusal.ts';
import { LogUnavailable } from '../../events/log.ts';

type Send = () => Promise<unknown>;

export type Outbox = Readonly<{
  /** Sends now, and again until the log answers. What waits for the same id and matter gives way to it. */
  put(id: string, matter: string, send: Send): void;
  /** True while something about this id waits. */
  has(id: string): boolean;
  /** How many ids something waits about. */
  size(): number;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  /** Nothing is tried again from now on. */
  stop(): void;
}>;

type Entry = { readonly id: string; readonly matter: string; send: Send; isTold: boolean };

const retryMs = 500;
/** Ten thousand keys may be limited in one moment. */
const sentAtOnce = 64;

/** The log may take it later; any other "no" is its answer. */
const mayPass = (error: unknown): boolean =>
  error instanceof LogUnavailable || (error instanceof Refusal && error.code === 'TOO_BUSY');

/** Few at once, and one timer for all that is tried again. */
export function createOutbox(onError: (error: unknown, about: string) => void): Outbox {
  const waiting = new Map<string, Map<string, Entry>>();
  const toSend = new Set<Entry>();
  const toRetry = new Set<Entry>();
  const idlers: (() => void)[] = [];
  let workers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  const forget = ({ id, matter }: Entry) => {
    const ofId = waiting.get(id);
    ofId?.delete(matter);
    if (ofId?.size === 0) waiting.delete(id);
  };

  const sendOne = async (entry: Entry) => {
    const { send, id } = entry;
    try {
      await send();
    } catch (error) {
      // One outage is told once.
      if (!entry.isTold || !mayPass(error)) onError(error, `telling the log about ${id}`);
      entry.isTold = true;
      if (mayPass(error)) {
        toRetry.add(entry);
        if (!isStopped) timer ??= setTimeout(retry, retryMs);
        return;
      }
    }
    if (entry.send === send) forget(entry);
    else toSend.add(entry);
  };

  const work = async () => {
    workers += 1;
    for (const entry of toSend) {
      if (isStopped) break;
      toSend.delete(entry);
      await sendOne(entry);
    }
    workers -= 1;
    tellIdle();
  };

  const tellIdle = () => {
    if (workers > 0 || waiting.size > 0) return;
    for (const resolve of idlers.splice(0)) resolve();
  };

  const retry = () => {
    timer = undefined;
    for (const entry of toRetry) toSend.add(entry);
    toRetry.clear();
    for (let free = Math.min(sentAtOnce - workers, toSend.size); free > 0; free--) void work();
  };

  return {
    put(id, matter, send) {
      if (isStopped) return;
      const ofId = waiting.get(id) ?? new Map<string, Entry>();
      waiting.set(id, ofId);
      const existing = ofId.get(matter);
      if (existing) {
        existing.send = send;
        return;
      }
      const entry: Entry = { id, matter, send, isTold: false };
      ofId.set(matter, entry);
      toSend.add(entry);
      if (workers < sentAtOnce) void work();
    },
    has: (id) => waiting.has(id),
    size: () => waiting.size,
    async idle() {
      const idle = new Promise<void>((resolve) => idlers.push(resolve));
      tellIdle();
      await idle;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      waiting.clear();
      toSend.clear();
      toRetry.clear();
      tellIdle();
    },
  };
}
