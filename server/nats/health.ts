/** Asks the monitor of nats-server whether it is well. */
const probeMs = 2000;
const failuresAllowed = 3;

async function isHealthy(monitorUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(`${monitorUrl}/healthz`, { signal: AbortSignal.timeout(probeMs) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}

/** Settles when it is healthy (true), when it ended, or when the time is up (false). */
export async function becameHealthy(
  monitorUrl: string,
  ended: () => boolean,
  withinMs: number,
): Promise<boolean> {
  const untilMs = performance.now() + withinMs;
  while (!ended() && performance.now() < untilMs) {
    if (await isHealthy(monitorUrl)) return true;
    await Bun.sleep(5);
  }
  return false;
}

/** Calls back once after three failed probes in a row, two seconds each; returns an idempotent stop. */
export function watchHealth(monitorUrl: string, onSick: () => void): () => void {
  let failures = 0;
  let isStopped = false;
  let timer: Timer | undefined;
  const probe = async (): Promise<void> => {
    const startedAtMs = performance.now();
    failures = (await isHealthy(monitorUrl)) ? 0 : failures + 1;
    if (isStopped) return;
    if (failures >= failuresAllowed) return onSick();
    // A probe that timed out took its two seconds already.
    const restMs = Math.max(0, probeMs - (performance.now() - startedAtMs));
    timer = setTimeout(() => void probe(), restMs);
  };
  timer = setTimeout(() => void probe(), probeMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
