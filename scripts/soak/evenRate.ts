/** Requests at an even rate, however long the answers take. */
export type EvenRate = Readonly<{
  sent: () => number;
  /** So far. */
  perSecond: () => number;
  /** Sends no more, and ends after the requests that are under way. */
  stop: () => Promise<void>;
}>;

const everyMs = 5;

/** @param one sends the request of this number; it must not throw. */
export function startEvenRate(perSecond: number, one: (number: number) => Promise<void>): EvenRate {
  const underWay = new Set<Promise<void>>();
  const startedMs = performance.now();
  let sent = 0;
  let endedMs: number | undefined;
  const seconds = () => ((endedMs ?? performance.now()) - startedMs) / 1_000;

  const timer = setInterval(() => {
    // A late timer is made up for: it is the rate that counts.
    for (const due = Math.floor(seconds() * perSecond); sent < due; sent++) {
      const asked = one(sent).finally(() => underWay.delete(asked));
      underWay.add(asked);
    }
  }, everyMs);
  return {
    sent: () => sent,
    perSecond: () => sent / seconds(),
    async stop() {
      clearInterval(timer);
      endedMs ??= performance.now();
      await Promise.all(underWay);
    },
  };
}
