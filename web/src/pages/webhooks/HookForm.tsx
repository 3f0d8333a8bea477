/** Adds a webhook, or changes what it is told of. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { Button, Copy } from '../../design/Button.tsx';
import { CheckField } from '../../design/Check.tsx';
import { Confirm } from '../../design/Confirm.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { TextField } from '../../design/Field.tsx';
import { say } from '../../design/Toasts.tsx';
import { ask } from '../../live/ask.ts';
import { settings, webhooks } from '../../live/settingCommands.ts';
import { isEverything, notices, type Hook } from './notices.ts';

const setting = 'webhooks';
const plainOf = ({ url, events }: Hook) => ({ url, events });

type FormProps = { of?: Hook; all: readonly Hook[]; onClose: () => void; onDone: () => void };

export function HookForm(props: FormProps): JSX.Element {
  const [url, setUrl] = createSignal(props.of?.url ?? '');
  const [isAll, setAll] = createSignal(props.of ? isEverything(props.of) : true);
  const [chosen, setChosen] = createSignal<readonly string[]>(
    (props.of?.events ?? []).filter((name) => name !== '*'),
  );
  const submit = async () => {
    if (!isAll() && chosen().length === 0) throw new Error('Choose at least one event.');
    const hook = { url: url().trim(), events: isAll() ? [] : [...chosen()] };
    const before = props.of?.url;
    if (hook.url !== before && props.all.some((one) => one.url === hook.url)) {
      throw new Error('There is a webhook with this address already; edit that one.');
    }
    const next = props.of
      ? props.all.map((one) => (one.url === before ? hook : one))
      : [...props.all, hook];
    await settings.change(setting, next.map(plainOf));
    say(props.of ? 'The webhook was changed' : 'The webhook is told from now on');
    props.onDone();
  };
  return (
    <Dialog
      title={props.of ? 'Edit the webhook' : 'Add a webhook'}
      submit={props.of ? 'Save' : 'Add'}
      onClose={props.onClose}
      onSubmit={submit}
    >
      <TextField
        label="Address"
        type="url"
        required
        maxLength={2000}
        value={url()}
        placeholder="https://example.com/hooks/signalbox"
        hint="Each notice is a POST, signed; an answer other than 2xx is tried again for about 20 minutes."
        onInput={setUrl}
      />
      <CheckField
        label="Everything"
        hint="Also what a newer version may add."
        value={isAll()}
        onInput={setAll}
      />
      <Show when={!isAll()}>
        <div class="fieldset" role="group" aria-label="Events">
          <For each={notices}>
            {({ name, text }) => (
              <CheckField
                label={text}
                hint={name}
                value={chosen().includes(name)}
                onInput={(isOn) =>
                  setChosen(isOn ? [...chosen(), name] : chosen().filter((one) => one !== name))
                }
              />
            )}
          </For>
        </div>
      </Show>
    </Dialog>
  );
}

export const RemoveHook = (props: FormProps & { of: Hook }): JSX.Element => (
  <Confirm
    title="Remove this webhook?"
    submit="Remove"
    work={async () => {
      const next = props.all.filter(({ url }) => url !== props.of.url);
      await settings.change(setting, next.map(plainOf));
    }}
    done="The webhook was removed"
    onClose={props.onClose}
    onDone={props.onDone}
  >
    <p class="muted">
      <code>{props.of.url}</code> is told of nothing any more.
    </p>
  </Confirm>
);

export function HookSecret(props: { of: Hook; onClose: () => void }): JSX.Element {
  const [isShown, setShown] = createSignal(false);
  const asked = ask(() => props.of.url, webhooks.secretOf);
  return (
    <Dialog title="The secret of its signature" onClose={props.onClose}>
      <p class="muted">
        Each notice has <code>x-signalbox-signature: t=seconds,v1=hex</code>: HMAC-SHA256 of the
        seconds, a dot and the body, with this secret. Another address has another one.
      </p>
      <Show
        when={asked.value()?.secret}
        fallback={<p class="muted">{asked.fault() ?? 'Being read…'}</p>}
      >
        {(secret) => (
          <div class="once">
            <code aria-label="The secret">{isShown() ? secret() : '•'.repeat(32)}</code>
            <Button slim aria-pressed={isShown()} onClick={() => setShown(!isShown())}>
              {isShown() ? 'Hide' : 'Show'}
            </Button>
            <Copy text={secret()} what="the secret" />
          </div>
        )}
      </Show>
    </Dialog>
  );
}
