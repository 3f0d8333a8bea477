/** Runs what a state still owes to the world, and tells the actor when it is done. */
import type { AnyMachineSnapshot } from 'xstate';
import type { ActorRef } from '../../events/event.ts';
import type { AnyActorKind, Command } from './actorKind.ts';

/** Does one thing outside, so that doing it twice is as good as once; answers with the command that settles it. */
export type EffectRunner = (
  effect: Readonly<{ type: string }>,
  actor: ActorRef,
) => Promise<Command>;

export type Effects = Readonly<{
  /** Starts whatever the state owes and is not under way. Never waits. */
  run(kind: AnyActorKind, ref: ActorRef, state: AnyMachineSnapshot): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  stop(): void;
}>;

type Options = Readonly<{
  runners: Readonly<Record<string, EffectRunner>>;
  settle: (ref: ActorRef, command: Command) => Promise<unknown>;
  onError: (error: unknown, about: string) => void;
  retryMs?: number;
}>;

const hasType = (effect: unknown): effect is Readonly<{ type: string }> =>
  typeof effect === 'object' &&
  effect !== null &&
  'type' in effect &&
  typeof effect.type === 'string';

export function createEffects({ runners, settle, onError, retryMs = 5_000 }: Options): Effects {
  const underWay = new Map<string, Promise<void>>();
  const retries = new Set<ReturnType<typeof setTimeout>>();
  let stopped = false;

  const attempt = async (ref: ActorRef, effect: Readonly<{ type: string }>, key: string) => {
    const runner = runners[effect.type];
    try {
      if (!runner) throw new Error(`nothing is registered to run the effect ${effect.type}`);
      await settle(ref, await runner(effect, ref));
      underWay.delete(key);
    } catch (error) {
      onError(error, `${effect.type} for ${ref.kind} ${ref.id}`);
      // It stays under way until the retry, so that at most one of it exists.
      if (stopped || !runner) return;
      const timer = setTimeout(() => {
        retries.delete(timer);
        underWay.set(key, attempt(ref, effect, key));
      }, retryMs);
      retries.add(timer);
    }
  };

  return {
    run(kind, ref, state) {
      for (const effect of kind.owed?.(state) ?? []) {
        const key = JSON.stringify([ref, effect]);
        if (stopped || underWay.has(key) || !hasType(effect)) continue;
        underWay.set(key, attempt(ref, effect, key));
      }
    },
    async idle() {
      await Promise.all(underWay.values());
    },
    stop() {
      stopped = true;
      for (const timer of retries) clearTimeout(timer);
      retries.clear();
    },
  };
}
