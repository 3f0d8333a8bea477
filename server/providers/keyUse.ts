/** When each key was last sent to its vendor by this process. */
import type { TrafficEvent } from '../../events/traffic.ts';

export type KeyUse = Readonly<{
  note(event: TrafficEvent): void;
  /** Epoch; undefined for a key that was not used since the start. */
  lastUsedMs(keyId: string): number | undefined;
}>;

export function createKeyUse(): KeyUse {
  const last = new Map<string, number>();
  return {
    note(event) {
      if (event.type !== 'RequestFinished') return;
      const { startedAtMs, attempts } = event.data;
      for (const { keyId, startedMs } of attempts) {
        const usedMs = startedAtMs + startedMs;
        if (keyId !== '' && usedMs > (last.get(keyId) ?? 0)) last.set(keyId, usedMs);
      }
    },
    lastUsedMs: (keyId) => last.get(keyId),
  };
}
