/** Changes one setting while the gateways run, or takes the change back. */
import { createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { CheckField } from '../../design/Check.tsx';
import { Confirm } from '../../design/Confirm.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { AreaField, TextField } from '../../design/Field.tsx';
import { say } from '../../design/Toasts.tsx';
import { settings, type Setting } from '../../live/settingCommands.ts';
import { titleOf, valueInWords } from './settingRows.ts';

type Form = 'number' | 'switch' | 'json';

/** By the default, whose type a value shares; null stands for no limit. */
function formOf({ default: usual, value }: Setting): Form {
  const sample = usual ?? value;
  if (typeof sample === 'boolean') return 'switch';
  return typeof sample === 'number' || sample === null ? 'number' : 'json';
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

export function ChangeSetting(props: { of: Setting; onClose: () => void }): JSX.Element {
  const form = formOf(props.of);
  const before = props.of.value;
  const [text, setText] = createSignal(
    form === 'json'
      ? JSON.stringify(before, null, 2)
      : typeof before === 'number'
        ? `${before}`
        : '',
  );
  const [isOn, setOn] = createSignal(before === true);
  const valueOf = (): unknown => {
    if (form === 'switch') return isOn();
    if (form === 'number') return text().trim() === '' ? null : Number(text());
    try {
      return JSON.parse(text());
    } catch (error) {
      throw new Error(`This is no JSON: ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
  };
  const inForce = () => {
    const value = form === 'number' && text().trim() !== '' ? Number(text()) : undefined;
    return value === undefined || props.of.unit === null ? '' : valueInWords(value, props.of.unit);
  };
  const unit = props.of.unit === null ? '' : `, ${props.of.unit}`;
  return (
    <Dialog
      title={titleOf(props.of)}
      submit="Change"
      onClose={props.onClose}
      onSubmit={async () => {
        const value = valueOf();
        if (isSame(value, before) && props.of.source === 'api') return;
        await settings.change(props.of.name, value);
        say(`${titleOf(props.of)} is in force in every gateway`);
      }}
    >
      <p class="muted">{sentence(props.of.meaning)}</p>
      <Switch>
        <Match when={form === 'switch'}>
          <CheckField label="On" value={isOn()} onInput={setOn} />
        </Match>
        <Match when={form === 'number'}>
          <TextField
            label={`Value${unit}`}
            type="number"
            step={1}
            value={text()}
            placeholder="none"
            hint={inForce()}
            required={props.of.default !== null}
            onInput={setText}
          />
        </Match>
        <Match when={form === 'json'}>
          <AreaField label="Value, as JSON" rows={12} value={text()} onInput={setText} />
        </Match>
      </Switch>
      <p class="muted small">
        Without it: {valueInWords(props.of.variable_value ?? props.of.default, props.of.unit)}
        <Show when={props.of.variable_value !== null && props.of.variable}>
          {(variable) => (
            <>
              {' '}
              from <code>{variable()}</code>
            </>
          )}
        </Show>
        . It takes effect at once, without a restart.
      </p>
    </Dialog>
  );
}

export function ResetSetting(props: { of: Setting; onClose: () => void }): JSX.Element {
  const next = () => valueInWords(props.of.variable_value ?? props.of.default, props.of.unit);
  return (
    <Confirm
      title={`Take back ${titleOf(props.of)}?`}
      submit="Take it back"
      work={() => settings.reset(props.of.name)}
      done={`${titleOf(props.of)} is ${next()} again`}
      onClose={props.onClose}
    >
      <p class="muted">
        Now it is {valueInWords(props.of.value, props.of.unit)}; then it is {next()} again, as{' '}
        {props.of.variable_value === null ? 'without any setting' : 'its variable says'}.
      </p>
    </Confirm>
  );
}

export const sentence = (text: string): string => {
  const begun = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.:]$/.test(begun) ? begun : `${begun}.`;
};
