/** The arguments of a tool as a form. */
import { For, Match, Show, Switch, type JSX } from 'solid-js';
import { AreaField, SelectField, TextField } from '../../design/Field.tsx';
import type { Field, FieldFault, Values } from './schema.ts';

type FormProps = {
  fields: readonly Field[];
  values: Values;
  fault: FieldFault | undefined;
  onInput: (path: string, text: string) => void;
};

const labelOf = (field: Field): string => `${field.name}${field.isRequired ? ' *' : ''}`;

/** The text of a choice without the quotes of JSON. */
const textOf = (choice: string): string =>
  choice.startsWith('"') ? (JSON.parse(choice) as string) : choice;

function One(props: FormProps & { field: Field }): JSX.Element {
  const around = () => ({
    label: labelOf(props.field),
    ...(props.field.hint !== '' && { hint: props.field.hint }),
    fault: props.fault?.path === props.field.path ? props.fault.message : undefined,
  });
  const value = () => props.values[props.field.path] ?? '';
  const set = (text: string) => props.onInput(props.field.path, text);
  const isNumber = () => props.field.sort === 'number' || props.field.sort === 'integer';
  const options = () => [
    ...(props.field.isRequired && props.field.usual !== ''
      ? []
      : [{ value: '', text: props.field.isRequired ? 'Choose…' : '– not given –' }]),
    ...props.field.choices.map((choice) => ({ value: choice, text: textOf(choice) })),
  ];
  return (
    <Switch
      fallback={
        <TextField
          {...around()}
          value={value()}
          required={isNumber() && props.field.isRequired}
          {...(isNumber() && { type: 'number' })}
          {...(isNumber() && { step: props.field.sort === 'integer' ? '1' : 'any' })}
          onInput={set}
        />
      }
    >
      <Match when={props.field.sort === 'group'}>
        <fieldset class="group">
          <legend>{labelOf(props.field)}</legend>
          <Show when={props.field.hint}>
            <p class="muted small">{props.field.hint}</p>
          </Show>
          <SchemaForm {...props} fields={props.field.fields} />
        </fieldset>
      </Match>
      <Match when={props.field.sort === 'boolean' || props.field.sort === 'choice'}>
        <SelectField {...around()} value={value()} options={options()} onInput={set} />
      </Match>
      <Match when={props.field.sort === 'long'}>
        <AreaField {...around()} value={value()} rows={4} onInput={set} />
      </Match>
      <Match when={props.field.sort === 'json'}>
        <AreaField
          {...around()}
          hint={[props.field.hint, 'JSON'].filter((one) => one !== '').join(' · ')}
          value={value()}
          rows={3}
          onInput={set}
        />
      </Match>
    </Switch>
  );
}

export const SchemaForm = (props: FormProps): JSX.Element => (
  <For each={props.fields}>{(field) => <One {...props} field={field} />}</For>
);
