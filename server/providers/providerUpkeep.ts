/** What a provider's change or end means for its keys. */
import type { ProviderKeyCommand } from '../../actors/providerKey/commands.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Cause } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import { originOf } from './providerKeys.ts';

const atOnce = 256;

export type ProviderUpkeep = Readonly<{
  /** A secret was entered for one origin: at another its key waits until it is entered again. */
  disableKeysOfOtherOrigins(provider: ActorId, cause: Cause): Promise<void>;
  removeKeys(provider: ActorId, cause: Cause): Promise<void>;
}>;

export function createProviderUpkeep(runtime: Runtime): ProviderUpkeep {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);

  const tellKeys = async (
    provider: ActorId,
    isMeant: (state: ProviderKeyState) => boolean,
    command: ProviderKeyCommand,
    cause: Cause,
  ) => {
    const meant = [...keys.all()].filter(
      ({ state }) =>
        state.context.provider === provider && state.value !== 'removed' && isMeant(state),
    );
    const waiting = meant.values();
    const work = async () => {
      for (const { id } of waiting) await keys.ask(id, command, cause);
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, meant.length) }, work));
  };

  return {
    async disableKeysOfOtherOrigins(provider, cause) {
      const baseUrl = providers.get(provider)?.state.context.baseUrl;
      if (!baseUrl) return;
      const origin = originOf(baseUrl);
      const reason = `the provider moved to ${origin}; enter the key again`;
      await tellKeys(
        provider,
        ({ context }) => context.origin !== origin,
        { type: 'DisableProviderKey', cause: 'origin_changed', reason },
        cause,
      );
    },
    removeKeys: (provider, cause) =>
      tellKeys(provider, () => true, { type: 'RemoveProviderKey' }, cause),
  };
}
