/** Asked before a provider is gone, with what goes with it. */
import { Show, type JSX } from 'solid-js';
import { Confirm } from '../../design/Confirm.tsx';
import { plural } from '../../design/format.ts';
import { providers } from '../../live/providerCommands.ts';
import { actorsOf } from '../../live/selectors.ts';
import type { Row } from './providerRows.ts';

type Asks = { of: Row; onClose: () => void; onDone?: (() => void) | undefined };

export function RemoveProvider(props: Asks): JSX.Element {
  const { provider, keys } = props.of;
  const routes = actorsOf('model-route').filter(({ context }) =>
    context.settings.targets.some((target) => target.provider === provider.id),
  );
  return (
    <Confirm
      title={`Remove ${provider.context.name}?`}
      submit={keys.total > 0 ? `Remove it and ${plural(keys.total, 'key')}` : 'Remove'}
      work={() => providers.remove(provider.id, keys.total > 0)}
      done={`${provider.context.name} was removed`}
      onClose={props.onClose}
      onDone={props.onDone}
    >
      <p class="muted">
        No request goes to <code>{provider.context.base_url}</code> any more. Its history stays in
        the log.
      </p>
      <Show when={keys.total > 0}>
        <p>
          {keys.total === 1 ? 'Its key is' : `All of its ${keys.total} keys are`} erased from the
          vault.
        </p>
      </Show>
      <Show when={routes.length > 0}>
        <div class="notice rest">
          {routes.map(({ context }) => context.name).join(', ')}{' '}
          {routes.length === 1 ? 'has a target' : 'have targets'} there, which nobody answers from
          then on.
        </div>
      </Show>
    </Confirm>
  );
}
