/** What is asked before a key is changed. */
import { createSignal, type JSX } from 'solid-js';
import { Confirm } from '../../design/Confirm.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { say } from '../../design/Toasts.tsx';
import { providerKeys } from '../../live/commands.ts';
import type { Key } from './keyRows.ts';

type Asks = { of: Key; onClose: () => void };

export function ChangeKey(props: Asks): JSX.Element {
  const [name, setName] = createSignal(props.of.context.name);
  const [weight, setWeight] = createSignal(String(props.of.context.weight));
  return (
    <Dialog
      title="Rename and weigh"
      onClose={props.onClose}
      onSubmit={async () => {
        const changes = {
          ...(name() !== props.of.context.name && { name: name() }),
          ...(Number(weight()) !== props.of.context.weight && { weight: Number(weight()) }),
        };
        await providerKeys.change(props.of.id, changes);
        say('The key was changed');
      }}
    >
      <TextField label="Name" value={name()} required maxLength={100} onInput={setName} />
      <TextField
        label="Weight"
        type="number"
        min={0}
        max={1000}
        required
        value={weight()}
        hint="Its share of the requests against the other keys of this provider."
        onInput={setWeight}
      />
    </Dialog>
  );
}

export function ReplaceSecret(props: Asks): JSX.Element {
  const [secret, setSecret] = createSignal('');
  return (
    <Dialog
      title={`Replace the secret of ${props.of.context.name}`}
      submit="Replace"
      onClose={props.onClose}
      onSubmit={async () => {
        await providerKeys.change(props.of.id, { key: secret() });
        say('The new secret is in use');
      }}
    >
      <p class="muted">
        Now it is <code>{props.of.context.masked}</code>. The old secret is erased from the vault.
      </p>
      <TextField
        label="New secret"
        type="password"
        required
        value={secret()}
        hint="It goes into the vault and is never shown again."
        onInput={setSecret}
      />
    </Dialog>
  );
}

export function DisableKey(props: Asks): JSX.Element {
  const [reason, setReason] = createSignal('');
  return (
    <Confirm
      title={`Disable ${props.of.context.name}?`}
      submit="Disable"
      work={() => providerKeys.disable(props.of.id, reason() === '' ? undefined : reason())}
      done="The key is disabled"
      onClose={props.onClose}
    >
      <p class="muted">No request uses it until somebody enables it again.</p>
      <TextField
        label="Reason"
        value={reason()}
        maxLength={100}
        hint="For whoever looks at it next; may be left empty."
        onInput={setReason}
      />
    </Confirm>
  );
}

export const RemoveKey = (props: Asks & { onDone?: (() => void) | undefined }): JSX.Element => (
  <Confirm
    title={`Remove ${props.of.context.name}?`}
    submit="Remove"
    work={() => providerKeys.remove(props.of.id)}
    done="The key was removed"
    onClose={props.onClose}
    onDone={props.onDone}
  >
    <p class="muted">
      Its secret <code>{props.of.context.masked}</code> is erased from the vault. Its history stays
      in the log.
    </p>
  </Confirm>
);
