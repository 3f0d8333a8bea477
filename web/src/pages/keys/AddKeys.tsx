/** Adds one key, or many at once. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { Dialog } from '../../design/Dialog.tsx';
import { AreaField, SelectField, TextField } from '../../design/Field.tsx';
import { plural } from '../../design/format.ts';
import { say } from '../../design/Toasts.tsx';
import { providerKeys } from '../../live/commands.ts';
import { choicesOf } from '../../live/selectors.ts';

const providerOptions = () => choicesOf('provider');

export function AddKey(props: { onClose: () => void }): JSX.Element {
  const [provider, setProvider] = createSignal(providerOptions()[0]?.value ?? '');
  const [secret, setSecret] = createSignal('');
  const [name, setName] = createSignal('');
  const [weight, setWeight] = createSignal('1');
  return (
    <Dialog
      title="Add a provider key"
      submit="Add"
      onClose={props.onClose}
      onSubmit={async () => {
        await providerKeys.add({
          provider: provider(),
          key: secret().trim(),
          weight: Number(weight()),
          ...(name() !== '' && { name: name() }),
        });
        say('The key was added');
      }}
    >
      <SelectField
        label="Provider"
        value={provider()}
        options={providerOptions()}
        onInput={setProvider}
      />
      <TextField
        label="Secret"
        type="password"
        required
        value={secret()}
        hint="As the vendor gave it. It goes into the vault and is never shown again."
        onInput={setSecret}
      />
      <TextField
        label="Name"
        value={name()}
        maxLength={100}
        hint="May be left empty."
        onInput={setName}
      />
      <TextField
        label="Weight"
        type="number"
        min={0}
        max={1000}
        value={weight()}
        onInput={setWeight}
      />
    </Dialog>
  );
}

export function ImportKeys(props: { onClose: () => void }): JSX.Element {
  const [provider, setProvider] = createSignal(providerOptions()[0]?.value ?? '');
  const [text, setText] = createSignal('');
  const [invalid, setInvalid] = createSignal<readonly { line: number; reason: string }[]>([]);
  const lines = () =>
    text()
      .split('\n')
      .filter((line) => line.trim() !== '');
  return (
    <Dialog
      title="Import provider keys"
      submit={`Import ${plural(lines().length, 'key')}`}
      onClose={props.onClose}
      onSubmit={async () => {
        const done = await providerKeys.import(provider(), text().split('\n'));
        setInvalid(done.invalid);
        say(`${plural(done.added, 'key')} added, ${done.existing} were there before`);
        if (done.invalid.length > 0) {
          throw new Error(
            `${plural(done.invalid.length, 'line')} could not be read; the others are in.`,
          );
        }
      }}
    >
      <SelectField
        label="Provider"
        value={provider()}
        options={providerOptions()}
        onInput={setProvider}
      />
      <AreaField
        label="One key a line"
        value={text()}
        rows={10}
        hint="Up to 10,000 at once. It may be repeated: what is there already stays as it is."
        onInput={setText}
      />
      <Show when={invalid().length > 0}>
        <ul class="small bad-text">
          <For each={invalid().slice(0, 10)}>
            {({ line, reason }) => (
              <li>
                Line {line}: {reason}
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Dialog>
  );
}
