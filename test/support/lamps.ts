/** Runtimes with the lamp kind on one log, as gateways that share it. */
import type { EffectRunner } from '../../actors/runtime/effects.ts';
import { createRuntime, type RuntimeOptions } from '../../actors/runtime/runtime.ts';
import { actorId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import { lampKind, type LampCommand, type LampState } from './lampKind.ts';

export const lamp = actorId('lamp');
let gateways = 0;

/** A runtime that is not started yet. */
export function lampRuntime(log: EventLog, more: Partial<RuntimeOptions> = {}) {
  const gatewayId = `gateway-${++gateways}`;
  const errors: string[] = [];
  /** What was erased, in order. */
  const erased: string[] = [];
  const Erase: EffectRunner = async (effect) => {
    const { secretRef } = effect as { type: string; secretRef: string };
    erased.push(secretRef);
    return { type: 'Erased', secretRef } as LampCommand;
  };
  const runtime = createRuntime({
    log,
    kinds: [lampKind],
    gatewayId,
    now: Date.now,
    effects: { Erase },
    onError: (error, about) => void errors.push(`${about}: ${String(error)}`),
    ...more,
  });
  const actors = runtime.of(lampKind);
  return {
    runtime,
    actors,
    gatewayId,
    errors,
    erased,
    ask: (command: LampCommand, id = lamp) => actors.ask(id, command, runtime.ownCause()),
    state: (id = lamp): LampState | undefined => actors.get(id)?.state,
    /** Resolves when all that is in the log is applied here. */
    caughtUp: () => runtime.catchUp(5_000),
    stop: () => runtime.stop(),
  };
}

/** A runtime that has started. */
export async function startLamps(...options: Parameters<typeof lampRuntime>) {
  const lamps = lampRuntime(...options);
  await lamps.runtime.start();
  return lamps;
}
