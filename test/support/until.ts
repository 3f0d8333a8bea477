/** Waits for a condition that some other process brings about. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  for (let waitedMs = 0; !(await condition());) {
    if (waitedMs > withinMs) throw new Error(`it did not happen within ${withinMs} ms: ${what}`);
    const sinceMs = performance.now();
    await Bun.sleep(10);
    // A pause of ten milliseconds that took a second is a machine that stood still: nothing went on meanwhile.
    waitedMs += Math.min(performance.now() - sinceMs, 1_000);
  }
}
