/** What can be done with one provider, in a row or on its page. */
import { createSignal, Match, Switch, type Accessor, type JSX } from 'solid-js';
import { Menu, type Action } from '../../design/Menu.tsx';
import { tell } from '../../design/Toasts.tsx';
import { providers } from '../../live/providerCommands.ts';
import { ProviderForm } from './ProviderForm.tsx';
import type { Row } from './providerRows.ts';
import { RemoveProvider } from './RemoveProvider.tsx';

export const wake = (id: string) => tell(providers.wake(id), 'The provider is awake');
export const resetBreaker = (id: string) =>
  tell(providers.resetBreaker(id), 'The breaker is closed: the provider is asked again');

export const isBroken = ({ breaker }: Row): boolean =>
  breaker?.status === 'open' || breaker?.status === 'half-open';

export function ProviderMenu(props: { of: Accessor<Row>; onRemoved?: () => void }): JSX.Element {
  const [asked, setAsked] = createSignal<'change' | 'remove'>();
  const provider = () => props.of().provider;
  const actions = (): readonly Action[] => [
    ...(provider().status === 'resting'
      ? [{ text: 'Wake', run: () => void wake(provider().id) }]
      : []),
    ...(isBroken(props.of())
      ? [{ text: 'Reset the breaker', run: () => void resetBreaker(provider().id) }]
      : []),
    { text: 'Edit…', run: () => setAsked('change') },
    { text: 'Remove…', danger: true, run: () => setAsked('remove') },
  ];
  const close = () => setAsked(undefined);
  return (
    <>
      <Menu label={`What to do with ${provider().context.name}`} actions={actions()} />
      <Switch>
        <Match when={asked() === 'change'}>
          <ProviderForm of={provider()} onClose={close} />
        </Match>
        <Match when={asked() === 'remove'}>
          <RemoveProvider of={props.of()} onClose={close} onDone={props.onRemoved} />
        </Match>
      </Switch>
    </>
  );
}
