/** Waits until this process can use what was just entered: secrets come out of the vault after the event is in the log. */
import type { Pools } from '../keyRing/pools.ts';

/** While the vault is away the key stands in the log all the same, and is loaded later. */
const atMostMs = 2_000;

/** Whoever is told that a key is there may use it at once. */
export async function keysLoaded(pools: Pick<Pools, 'settled'>): Promise<void> {
  let timer: Timer | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, atMostMs);
  });
  await Promise.race([pools.settled(), timeIsUp]);
  clearTimeout(timer);
}
