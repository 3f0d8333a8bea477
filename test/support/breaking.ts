/** The breakers of gateways on one log under a fake clock: a provider fails, recovers, and they act on it. */
import { jest } from 'bun:test';
import { breakerKind } from '../../actors/breaker/breaker.ts';
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import { createRuntime } from '../../actors/runtime/runtime.ts';
import { actorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { createBreakers, type Breakers } from '../../server/breakers/breakers.ts';
import { flush, pass, verdict } from './judging.ts';

export const provider = actorId('openai');
const now = () => Date.now();
const usual = { circuitBreakerFailureThreshold: 5, circuitBreakerRecoveryTimeout: 60 };

/** A provider's own failure. */
export const broken = (reason = '500: broken', ruleId = 'transient.server-error'): Verdict =>
  verdict({ class: 'transient', scope: 'provider', retry: 'same-provider', ruleId, reason });
export const silent = broken('timeout (first-byte)', 'transient.silent');

export type BreakingGateway = Readonly<{
  breakers: Breakers;
  /** What may change while it runs. */
  settings: { circuitBreakerFailureThreshold: number; circuitBreakerRecoveryTimeout: number };
  /** Attempts that began right now, or at `startedAtMs`, fail one after the other. */
  fails: (times?: number, word?: Verdict, startedAtMs?: number) => void;
  answers: () => void;
  /** Whether a request gets through, as the probe where one is wanted. */
  admits: () => boolean;
  /** For how long a request is told to stay away (milliseconds); 0 when it gets through. */
  waitMs: () => number;
  state: () => string;
  stop: () => Promise<void>;
}>;

/** The clock is the test's own until `stop`. */
export function startBreaking() {
  jest.useFakeTimers();
  const log = memoryLog({ now });
  const gateways: BreakingGateway[] = [];
  const errors: string[] = [];

  return {
    log,
    errors,
    async gateway(): Promise<BreakingGateway> {
      const settings = { ...usual };
      const onError = (error: unknown, about: string) =>
        void errors.push(`${about}: ${String(error)}`);
      const gatewayId = `gateway-${gateways.length + 1}`;
      const runtime = createRuntime({ log, kinds: [breakerKind], gatewayId, now, onError });
      await runtime.start();
      const breakers = createBreakers({ runtime, settings, now, onError });
      const cause = runtime.ownCause();
      const waitMs = () => {
        const admission = breakers.admits(provider);
        return admission === true ? 0 : admission.readyAtMs - now();
      };
      const gateway: BreakingGateway = {
        breakers,
        settings,
        fails(times = 1, word = broken(), startedAtMs = now()) {
          for (let time = 0; time < times; time++)
            breakers.failed(provider, word, startedAtMs, cause);
        },
        answers: () => breakers.succeeded(provider, cause),
        admits: () => waitMs() === 0,
        waitMs,
        state: () => breakers.stateOf(provider).value,
        async stop() {
          breakers.stop();
          await runtime.stop();
        },
      };
      gateways.push(gateway);
      return gateway;
    },
    /** Lets time go by, and all that it brings about happen. */
    async after(ms: number) {
      await flush();
      pass(ms);
      await flush();
    },
    /** What happened to the breaker, oldest first. */
    async facts() {
      await flush();
      const read = await log.read({ kind: 'breaker', id: provider });
      return read.flatMap((message) => (message.ok ? [message.event] : []));
    },
    async stop() {
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      jest.useRealTimers();
    },
  };
}
