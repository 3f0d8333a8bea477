/** What can be done with one client key, in a row or on its page. */
import { createSignal, Match, Show, Switch, type Accessor, type JSX } from 'solid-js';
import { Confirm } from '../../design/Confirm.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { SelectField } from '../../design/Field.tsx';
import { Menu, type Action } from '../../design/Menu.tsx';
import { clientKeys } from '../../live/clientKeyCommands.ts';
import { ClientForm } from './ClientForm.tsx';
import { graces, type Client } from './clientRows.ts';
import { ShownKey } from './ShownKey.tsx';

export type Asked = 'change' | 'rotate' | 'remove';
type Asks = { of: Client; onClose: () => void };

function Rotate(props: Asks & { onMade: (secret: string) => void }): JSX.Element {
  const [grace, setGrace] = createSignal<string>('86400');
  return (
    <Dialog
      title={`Rotate ${props.of.context.name}?`}
      submit="Rotate"
      danger
      onClose={props.onClose}
      onSubmit={async () => {
        props.onMade((await clientKeys.rotate(props.of.id, Number(grace()))).key);
      }}
    >
      <p class="muted">
        Another key takes the place of <code>{props.of.context.masked}</code>; its limits stay.
      </p>
      <SelectField label="Until then" value={grace()} options={graces} onInput={setGrace} />
    </Dialog>
  );
}

const Remove = (props: Asks & { onDone?: (() => void) | undefined }): JSX.Element => (
  <Confirm
    title={`Remove ${props.of.context.name}?`}
    submit="Remove"
    work={() => clientKeys.remove(props.of.id)}
    done="The client key was removed"
    onClose={props.onClose}
    onDone={props.onDone}
  >
    <p class="muted">
      Whoever shows <code>{props.of.context.masked}</code> is refused from then on. Its requests
      stay in the log.
    </p>
  </Confirm>
);

type DialogsProps = {
  of: Client;
  asked: Asked | undefined;
  onClose: () => void;
  onRemoved?: (() => void) | undefined;
};

export function ClientDialogs(props: DialogsProps): JSX.Element {
  const [secret, setSecret] = createSignal<string>();
  return (
    <>
      <Switch>
        <Match when={props.asked === 'change'}>
          <ClientForm of={props.of} onClose={props.onClose} />
        </Match>
        <Match when={props.asked === 'rotate'}>
          <Rotate of={props.of} onClose={props.onClose} onMade={setSecret} />
        </Match>
        <Match when={props.asked === 'remove'}>
          <Remove of={props.of} onClose={props.onClose} onDone={props.onRemoved} />
        </Match>
      </Switch>
      <Show when={!props.asked && secret()}>
        {(key) => (
          <ShownKey
            name={props.of.context.name}
            secret={key()}
            onClose={() => setSecret(undefined)}
          />
        )}
      </Show>
    </>
  );
}

export function ClientMenu(props: { of: Accessor<Client> }): JSX.Element {
  const [asked, setAsked] = createSignal<Asked>();
  const actions: readonly Action[] = [
    { text: 'Edit…', run: () => setAsked('change') },
    { text: 'Rotate…', run: () => setAsked('rotate') },
    { text: 'Remove…', danger: true, run: () => setAsked('remove') },
  ];
  return (
    <>
      <Menu label={`What to do with ${props.of().context.name}`} actions={actions} />
      <ClientDialogs of={props.of()} asked={asked()} onClose={() => setAsked(undefined)} />
    </>
  );
}
