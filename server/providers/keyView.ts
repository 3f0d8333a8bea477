/** A provider key with all that the gateway knows of it: the actor, its last use, what waits for the log, the counts. */
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import type { ActorId } from '../../events/ids.ts';
import { presentProviderKey } from '../present/providerKey.ts';
import type { Services } from '../services.ts';

type Show = (id: ActorId, state: ProviderKeyState) => ReturnType<typeof presentProviderKey>;

export type KeyView = Readonly<{
  /** Shows one key after the other, all with the counts of one moment. */
  today(): Show;
  one: Show;
}>;

type KeyViewDeps = Pick<Services, 'keyUse' | 'verdicts' | 'readModels' | 'now'>;

export function createKeyView({ keyUse, verdicts, readModels, now }: KeyViewDeps): KeyView {
  const today = (): Show => {
    const counts = readModels.keyCounts(new Date(now()).toISOString().slice(0, 10));
    return (id, state) =>
      presentProviderKey(id, state, {
        isPending: verdicts.isPending(id),
        lastUsedMs: keyUse.lastUsedMs(id),
        today: counts.get(id),
      });
  };
  return { today, one: (id, state) => today()(id, state) };
}
