/** The providers' breakers: evidence is this process's own, an opening is true in all of them. */
import { breakerKind } from '../../actors/breaker/breaker.ts';
import type { BreakerCommand } from '../../actors/breaker/commands.ts';
import { decide } from '../../actors/breaker/decide.ts';
import { closedBreaker, type BreakerState } from '../../actors/breaker/machine.ts';
import { waitMs } from '../../actors/breaker/wait.ts';
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Cause } from '../../events/event.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { createOutbox } from '../keyRing/outbox.ts';
import type { Values } from '../settings/table.ts';
import { createGates, type Gates } from './gates.ts';

export type Breakers = Readonly<{
  /** True when a request may go to the provider; one map lookup while it is in order. Ask it before each attempt. */
  admits: Gates['admits'];
  /** What was let through asked nobody after all. */
  release: Gates['release'];
  /** An attempt was answered; free while no provider fails. */
  succeeded(provider: string, cause: Cause): void;
  /** A stream began, of which nobody knows yet how it ends. */
  begun(provider: string, cause: Cause): void;
  /** Acts on the judge's word about an attempt. `startedAtMs` is when the attempt began (epoch). */
  failed(provider: string, verdict: Verdict, startedAtMs: number, cause: Cause): void;
  /**
   * Closes it and forgets what was seen here.
   * @throws {LogUnavailable} when the log does not answer.
   */
  reset(provider: ActorId, closing: 'operator' | 'moved', cause: Cause): Promise<void>;
  stateOf(provider: ActorId): BreakerState;
  /** True while something about this breaker waits for the log. */
  isPending(provider: ActorId): boolean;
  /** About how many breakers something waits. */
  pending(): number;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  /** May be called twice. */
  stop(): void;
}>;

type Options = Readonly<{
  runtime: Pick<Runtime, 'of'>;
  /** Read late: an operator changes them while the gateway runs. */
  settings: Readonly<
    Pick<Values, 'circuitBreakerFailureThreshold' | 'circuitBreakerRecoveryTimeout'>
  >;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

/** The judge's rule for who lets time run out. */
const silentRule = 'transient.silent';

export function createBreakers({ runtime, settings, now, onError }: Options): Breakers {
  const actors = runtime.of(breakerKind);
  const outbox = createOutbox(onError);
  const gates = createGates({ now, threshold: () => settings.circuitBreakerFailureThreshold });
  const stateOf = (provider: ActorId): BreakerState => actors.get(provider)?.state ?? closedBreaker;

  /** What the log says holds here, as soon as it has heard what was seen here. */
  const follow = (id: ActorId) => {
    const { value, context } = stateOf(id);
    const { opening } = context;
    if (value === 'closed' || !opening) gates.close(id);
    else if (value === 'open') gates.open(id, opening);
    // Where the clock of another gateway goes ahead of this one's, its word counts.
    else gates.open(id, { ...opening, untilMs: Math.min(opening.untilMs, now()) });
  };

  for (const { id } of actors.all()) follow(id);
  const unsubscribe = actors.subscribe(({ id }) => {
    if (!outbox.has(id)) follow(id);
  });

  const tell = (id: ActorId, command: BreakerCommand, cause: Cause) =>
    outbox.put(id, 'breaker', async () => {
      await actors.ask(id, command, cause);
      follow(id);
    });

  const close = (provider: string, cause: Cause) => {
    gates.close(provider);
    tell(actorId(provider), { type: 'CloseBreaker', nowMs: now(), cause: 'probe' }, cause);
  };

  const succeeded = (provider: string, cause: Cause) => {
    if (gates.answered(provider)) close(provider, cause);
  };

  const open = (id: ActorId, { ruleId, reason }: Verdict, cause: Cause) => {
    const nowMs = now();
    const recoveryTimeoutMs = settings.circuitBreakerRecoveryTimeout * 1_000;
    const command = { type: 'OpenBreaker', nowMs, recoveryTimeoutMs, ruleId, reason } as const;
    const event = decide(command, stateOf(id));
    // Holds here at once; where the log knows something else, until it has said so.
    const unforeseen = { openedAtMs: nowMs, untilMs: nowMs + waitMs(1, recoveryTimeoutMs) };
    gates.open(id, event?.type === 'BreakerOpened' ? event.data : unforeseen);
    tell(id, command, cause);
  };

  return {
    admits: gates.admits,
    release: gates.release,
    succeeded,
    begun(provider, cause) {
      if (gates.begun(provider)) close(provider, cause);
    },
    failed(provider, verdict, startedAtMs, cause) {
      if (verdict.class === 'cancelled') gates.release(provider);
      // Whoever refuses a key or a request is there.
      else if (verdict.class !== 'transient' || verdict.scope !== 'provider')
        succeeded(provider, cause);
      else if (gates.faulted(provider, startedAtMs, verdict.ruleId === silentRule))
        open(actorId(provider), verdict, cause);
    },
    async reset(provider, closing, cause) {
      await actors.ask(provider, { type: 'CloseBreaker', nowMs: now(), cause: closing }, cause);
      gates.close(provider);
    },
    stateOf,
    isPending: (provider) => outbox.has(provider),
    pending: outbox.size,
    idle: outbox.idle,
    stop() {
      unsubscribe();
      outbox.stop();
    },
  };
}
