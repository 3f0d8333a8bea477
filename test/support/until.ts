/** Waits for a condition that some other process brings about. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const deadlineMs = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadlineMs)
      throw new Error(`it did not happen within ${withinMs} ms: ${what}`);
    await Bun.sleep(10);
  }
}
