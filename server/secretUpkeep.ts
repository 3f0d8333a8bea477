/** Secrets that nothing needs any more leave the vault: at once where an event says so, and by a sweep. */
import type { EffectRunner } from '../actors/runtime/effects.ts';
import type { Vault } from './vault.ts';

const sweepEveryMs = 60 * 60_000;

/** What an actor owes whose secret is not needed any more. */
export const eraseSecret =
  (vault: Pick<Vault, 'erase'>): EffectRunner =>
  async (effect) => {
    const { secretRef } = effect as { type: string; secretRef: string };
    await vault.erase(secretRef);
    return { type: 'EraseSecretDone', secretRef } as { type: string };
  };

/** Each knows its own secrets, and leaves those of others alone. */
type Sweeper = Readonly<{ sweep(): Promise<number> }>;

/** Sweeps now and every hour. Returns an idempotent stop. */
export function startSweeping(
  sweepers: readonly Sweeper[],
  onError: (error: unknown, about: string) => void,
): () => void {
  const sweep = () => {
    for (const { sweep: one } of sweepers)
      one().catch((error: unknown) => onError(error, 'sweeping the vault'));
  };
  const sweeper = setInterval(sweep, sweepEveryMs);
  sweep();
  return () => clearInterval(sweeper);
}
