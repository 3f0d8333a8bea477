/** Runs what a state still owes to the world, and tells the actor when it is done. */
import type { AnyMachineSnapshot } from 'xstate';
import type { ActorRef } from '../../events/event.ts';
import type { AnyActorKind, Command } from './actorKind.ts';
import { Refusal } from './refusal.ts';

/** Does one thing outside, so that doing it twice is as good as once; answers with the command that settles it. */
export type EffectRunner = (
  effect: Readonly<{ type: string }>,
  actor: ActorRef,
) => Promise<Command>;

export type Effects = Readonly<{
  /** Starts whatever the state owes and is not under way. Never waits. */
  run(kind: AnyActorKind, ref: ActorRef, state: AnyMachineSnapshot): void;
  /** Resolves when nothing runs; what waits for its next try is not waited for. */
  idle(): Promise<void>;
  stop(): void;
}>;

type Options = Readonly<{
  gatewayId: string;
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

/** No later try will be answered otherwise. */
const isFinal = (error: unknown): boolean => error instanceof Refusal && error.code !== 'TOO_BUSY';

export function createEffects(options: Options): Effects {
  const { gatewayId, runners, settle, onError, retryMs = 5_000 } = options;
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
      if (isFinal(error)) underWay.delete(key);
      // It stays under way until the retry, so that at most one of it exists.
      if (stopped || !runner || isFinal(error)) return;
      const timer = setTimeout(() => {
        retries.delete(timer);
        begin(ref, effect, key);
      }, retryMs);
      retries.add(timer);
    }
  };
  const begin = (ref: ActorRef, effect: Readonly<{ type: string }>, key: string) => {
    // Later, so that it is under way before it can be over.
    underWay.set(
      key,
      Promise.resolve().then(() => attempt(ref, effect, key)),
    );
  };

  return {
    run(kind, ref, state) {
      for (const effect of kind.owed?.(state, gatewayId) ?? []) {
        const key = JSON.stringify([ref, effect]);
        if (stopped || underWay.has(key) || !hasType(effect)) continue;
        begin(ref, effect, key);
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
