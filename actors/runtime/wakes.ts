/** Wakes actors whose deadlines ring, few at a time: thousands may ring at once, in every gateway. */

export type Wakes<Key> = Readonly<{
  /** Its deadline rang. */
  due(key: Key): void;
  /** What waits is not woken any more. */
  stop(): void;
}>;

const atOnce = 64;

/**
 * In no order, so that gateways whose clocks ring together do not race for one actor after the other: what one has
 * woken needs nothing from the next.
 */
export function createWakes<Key>(
  wake: (key: Key) => Promise<void>,
  random: () => number = Math.random,
): Wakes<Key> {
  const waiting: Key[] = [];
  let workers = 0;

  const takeAny = (): Key | undefined => {
    const index = Math.floor(random() * waiting.length);
    const taken = waiting[index];
    const last = waiting.pop();
    if (last !== undefined && index < waiting.length) waiting[index] = last;
    return taken;
  };
  const work = async () => {
    workers += 1;
    for (let key = takeAny(); key !== undefined; key = takeAny()) await wake(key);
    workers -= 1;
  };

  return {
    due(key) {
      waiting.push(key);
      if (workers < atOnce) void work();
    },
    stop() {
      waiting.length = 0;
    },
  };
}
