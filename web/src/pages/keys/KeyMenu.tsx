/** What can be done with one key, in a row or on its page. */
import { createSignal, Match, Show, Switch, type Accessor, type JSX } from 'solid-js';
import { Menu, type Action } from '../../design/Menu.tsx';
import { say, tell } from '../../design/Toasts.tsx';
import { providerKeys } from '../../live/commands.ts';
import { ruleInWords } from '../../words/rules.ts';
import { ChangeKey, DisableKey, RemoveKey, ReplaceSecret } from './KeyDialogs.tsx';
import type { Key } from './keyRows.ts';

type Asked = 'change' | 'secret' | 'disable' | 'remove';

async function probe(id: string): Promise<void> {
  const { ok, status, reason, rule_id: ruleId } = await providerKeys.probe(id);
  const what = ok ? 'The vendor accepts the key' : `${ruleInWords(ruleId)}: ${reason}`;
  say(status === 0 ? what : `${what} (HTTP ${status})`);
}

export const wake = (id: string) => tell(providerKeys.wake(id), 'The key is awake');
export const enable = (id: string) => tell(providerKeys.enable(id), 'The key is used again');
export const tryKey = (id: string) =>
  probe(id).catch((error: unknown) => say(error instanceof Error ? error.message : String(error)));

export function KeyMenu(props: { of: Accessor<Key>; onRemoved?: () => void }): JSX.Element {
  const [asked, setAsked] = createSignal<Asked>();
  const id = () => props.of().id;
  const isResting = () =>
    props.of().status === 'resting' || Object.keys(props.of().context.models).length > 0;
  const actions = (): readonly Action[] => [
    { text: 'Probe now', run: () => void tryKey(id()) },
    ...(isResting() ? [{ text: 'Wake', run: () => void wake(id()) }] : []),
    ...(props.of().status === 'disabled'
      ? [{ text: 'Enable', run: () => void enable(id()) }]
      : [{ text: 'Disable…', run: () => setAsked('disable') }]),
    { text: 'Rename, weigh…', run: () => setAsked('change') },
    { text: 'Replace its secret…', run: () => setAsked('secret') },
    { text: 'Remove…', danger: true, run: () => setAsked('remove') },
  ];
  const close = () => setAsked(undefined);
  return (
    <>
      <Menu label={`What to do with ${props.of().context.name}`} actions={actions()} />
      <Show when={asked()}>
        <Switch>
          <Match when={asked() === 'change'}>
            <ChangeKey of={props.of()} onClose={close} />
          </Match>
          <Match when={asked() === 'secret'}>
            <ReplaceSecret of={props.of()} onClose={close} />
          </Match>
          <Match when={asked() === 'disable'}>
            <DisableKey of={props.of()} onClose={close} />
          </Match>
          <Match when={asked() === 'remove'}>
            <RemoveKey of={props.of()} onClose={close} onDone={props.onRemoved} />
          </Match>
        </Switch>
      </Show>
    </>
  );
}
