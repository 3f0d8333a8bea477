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

const retryMs = 500;

/** The log may take it later; any other "no" is its answer. */
const mayPass = (error: unknown): boolean =>
  error instanceof LogUnavailable || (error instanceof Refusal && error.code === 'TOO_BUSY');

export function createOutbox(onError: (error: unknown, about: string) => void): Outbox {
  const waiting = new Map<string, Map<string, { send: Send }>>();
  const underWay = new Set<Promise<void>>();
  let isStopped = false;

  const deliver = async (id: string, matter: string, entry: { send: Send }) => {
    let isTold = false;
    for (let sent: Send | undefined; sent !== entry.send && !isStopped;) {
      const { send } = entry;
      try {
        await send();
        sent = send;
      } catch (error) {
        // One outage is told once.
        if (!isTold || !mayPass(error)) onError(error, `telling the log about ${id}`);
        isTold = true;
        if (mayPass(error)) await Bun.sleep(retryMs);
        else sent = send;
      }
    }
    const ofId = waiting.get(id);
    ofId?.delete(matter);
    if (ofId?.size === 0) waiting.delete(id);
  };

  return {
    put(id, matter, send) {
      if (isStopped) return;
      const ofId = waiting.get(id) ?? new Map<string, { send: Send }>();
      waiting.set(id, ofId);
      const existing = ofId.get(matter);
      if (existing) {
        existing.send = send;
        return;
      }
      const entry = { send };
      ofId.set(matter, entry);
      const delivery = deliver(id, matter, entry).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    has: (id) => waiting.has(id),
    size: () => waiting.size,
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    stop() {
      isStopped = true;
    },
  };
}
