/** Programs that end again and again are not started for each call of a client. */
import type { ActorId } from '../../events/ids.ts';
import { NotSent } from './rpc/link.ts';

export type Misfortunes = Readonly<{
  /** Its connection for this asker ended by itself, or could not be opened. */
  note(key: string, server: ActorId): void;
  /** @throws {NotSent} while it is too soon to try again. */
  check(key: string, server: ActorId): void;
  forget(key: string): void;
}>;

type Misfortune = Readonly<{ count: number; untilMs: number; atMs: number }>;

const calmMs = 60_000;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
const mostKeys = 10_000;

export function createMisfortunes(now: () => number): Misfortunes {
  const known = new Map<string, Map<ActorId, Misfortune>>();
  return {
    note(key, server) {
      const ofKey = known.get(key) ?? new Map<ActorId, Misfortune>();
      const before = ofKey.get(server);
      const isCalm = !before || now() - before.atMs >= calmMs;
      const count = isCalm ? 1 : before.count + 1;
      // The first time nobody waits, then 1, 2, 4 … 30 s.
      const waitMs = count === 1 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (count - 2));
      if (known.size >= mostKeys) known.clear();
      known.set(key, ofKey.set(server, { count, untilMs: now() + waitMs, atMs: now() }));
    },
    check(key, server) {
      const waitMs = (known.get(key)?.get(server)?.untilMs ?? 0) - now();
      if (waitMs <= 0) return;
      const waitS = Math.ceil(waitMs / 1_000);
      throw new NotSent(`it ended again and again; it is tried again in ${waitS} s`);
    },
    forget: (key) => void known.delete(key),
  };
}
