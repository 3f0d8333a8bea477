/** What keeps the gateway from working, and how it is otherwise. */
import { presentPulse, type Pulse } from './present/pulse.ts';
import type { Services } from './services.ts';

type Needed = Pick<Services, 'isDraining' | 'log' | 'pools'>;

/** In words; empty when nothing does. */
export function failingParts({ isDraining, log, pools }: Needed): string[] {
  const missing = pools.missing().length;
  return [
    ...(isDraining() ? ['draining: the gateway is being stopped'] : []),
    ...(log.isConnected() ? [] : ['log: not connected']),
    ...(missing === 0 ? [] : [`pools: ${missing} provider keys wait for the vault`]),
  ];
}

export const createPulse =
  (services: Needed & Pick<Services, 'readModels' | 'now'>) =>
  (listeners: number): Pulse =>
    presentPulse({
      nowMs: services.now(),
      failing: failingParts(services),
      isLogConnected: services.log.isConnected(),
      listeners,
      readModels: services.readModels,
    });
