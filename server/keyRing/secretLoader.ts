/** Brings the secrets of keys out of the vault: each once, few at a time, and again for as long as it fails. */
import { createDeadlines } from '../../actors/runtime/deadlines.ts';
import type { ActorId } from '../../events/ids.ts';
import { LogUnavailable } from '../../events/log.ts';
import type { Vault } from '../vault.ts';

type Wanted = Readonly<{ secretRef: string; origin: string; provider: string }>;

export type SecretLoader = Readonly<{
  /** Loads what the key wants by the time its turn comes. */
  load(id: ActorId): void;
  /** Keys for which the vault has not answered yet. */
  unanswered(): readonly ActorId[];
  /** Resolves when nothing runs; what waits for its next try is not waited for. */
  settled(): Promise<void>;
  stop(): void;
}>;

type Options = Readonly<{
  vault: Pick<Vault, 'open'>;
  /** Undefined for a key that needs no secret any more. */
  wanted: (id: ActorId) => Wanted | undefined;
  onLoaded: (id: ActorId, secret: string, found: Wanted) => void;
  /** The vault answered that there is no such secret. */
  onGone: (id: ActorId) => void;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const firstRetryMs = 1_000;
const longestRetryMs = 15_000;
const loadAtOnce = 64;

export function createSecretLoader(options: Options): SecretLoader {
  const { vault, wanted, onLoaded, onGone, now, onError } = options;
  const loads = new Map<ActorId, { failed: number; isAnswered: boolean }>();
  const queue: ActorId[] = [];
  const settling: (() => void)[] = [];
  let workers = 0;
  let isStopped = false;

  const tryAgainLater = (id: ActorId, isAnswered: boolean) => {
    const failed = (loads.get(id)?.failed ?? 0) + 1;
    loads.set(id, { failed, isAnswered });
    if (isStopped) return;
    const delayMs = Math.min(firstRetryMs * 2 ** Math.min(failed - 1, 10), longestRetryMs);
    retries.set(id, now() + delayMs);
  };

  const loadOne = async (id: ActorId) => {
    const want = wanted(id);
    if (!want) {
      loads.delete(id);
      return;
    }
    try {
      const secret = await vault.open(want.secretRef, want.origin);
      if (wanted(id)?.secretRef !== want.secretRef) {
        queue.push(id);
        return;
      }
      if (secret === undefined) {
        onGone(id);
        throw new Error('its secret is not in the vault; enter the key again');
      }
      loads.delete(id);
      if (!isStopped) onLoaded(id, secret, want);
    } catch (error) {
      onError(error, `opening the secret of provider-key ${id}`);
      tryAgainLater(id, !(error instanceof LogUnavailable));
    }
  };

  const work = async () => {
    workers += 1;
    // From the end, which moves none of the others: they are in no order.
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) await loadOne(id);
    workers -= 1;
    if (workers === 0) for (const done of settling.splice(0)) done();
  };

  const enqueue = (id: ActorId) => {
    queue.push(id);
    if (workers < loadAtOnce) void work();
  };
  /** One timer for all that failed: the vault may be away for ten thousand keys at once. */
  const retries = createDeadlines<ActorId>(now, enqueue);

  return {
    load(id) {
      if (isStopped || loads.has(id)) return;
      loads.set(id, { failed: 0, isAnswered: false });
      enqueue(id);
    },
    unanswered: () => [...loads].filter(([, load]) => !load.isAnswered).map(([id]) => id),
    settled: () =>
      workers === 0 ? Promise.resolve() : new Promise((resolve) => settling.push(resolve)),
    stop() {
      isStopped = true;
      queue.length = 0;
      retries.stop();
    },
  };
}
