/** The targets of a route while it is written: who is asked, in which order. */
import { For, Index, Show, type JSX } from 'solid-js';
import { Button, IconButton } from '../../design/Button.tsx';
import { Select } from '../../design/Field.tsx';
import { actorsOf, choicesOf } from '../../live/selectors.ts';
import { moved, newTarget, type TargetDraft } from './drafts.ts';

const most = 32;

type FieldsProps = {
  targets: readonly TargetDraft[];
  isWeighted: boolean;
  onInput: (targets: readonly TargetDraft[]) => void;
};

export function TargetFields(props: FieldsProps): JSX.Element {
  const providers = () => choicesOf('provider');
  const optionsOf = (id: string) =>
    providers().some(({ value }) => value === id)
      ? providers()
      : [{ value: id, text: `${id} (gone)` }, ...providers()];
  const change = (index: number, changes: Partial<TargetDraft>) =>
    props.onInput(props.targets.map((one, at) => (at === index ? { ...one, ...changes } : one)));
  return (
    <div class="fieldset" role="group" aria-label="Targets">
      <div class="row spread">
        <h3>{props.isWeighted ? 'Targets, by their weights' : 'Targets, in their order'}</h3>
        <Button
          slim
          icon="plus"
          disabled={props.targets.length >= most}
          onClick={() => props.onInput([...props.targets, newTarget(providers()[0]?.value ?? '')])}
        >
          Add target
        </Button>
      </div>
      <ol class="drafts">
        <Index each={props.targets}>
          {(target, index) => (
            <li class="draft" classList={{ weighted: props.isWeighted }}>
              <span class="muted num">{index + 1}</span>
              <Select
                label={`Provider of target ${index + 1}`}
                value={target().provider}
                options={optionsOf(target().provider)}
                onInput={(provider) => change(index, { provider })}
              />
              <input
                class="input mono"
                aria-label={`Model of target ${index + 1}`}
                placeholder="its model"
                required
                maxLength={256}
                value={target().model}
                list="known-models"
                autocomplete="off"
                onInput={(event) => change(index, { model: event.currentTarget.value })}
              />
              <Show when={props.isWeighted}>
                <input
                  class="input"
                  type="number"
                  min={0}
                  max={1000}
                  required
                  aria-label={`Weight of target ${index + 1}`}
                  title="Weight; 0 is asked only when the others cannot answer"
                  value={target().weight}
                  onInput={(event) => change(index, { weight: event.currentTarget.value })}
                />
              </Show>
              <span class="row">
                <IconButton
                  slim
                  icon="up"
                  label={`Move target ${index + 1} up`}
                  disabled={index === 0}
                  onClick={() => props.onInput(moved(props.targets, index, -1))}
                />
                <IconButton
                  slim
                  icon="down"
                  label={`Move target ${index + 1} down`}
                  disabled={index === props.targets.length - 1}
                  onClick={() => props.onInput(moved(props.targets, index, 1))}
                />
                <IconButton
                  slim
                  icon="close"
                  label={`Take target ${index + 1} away`}
                  disabled={props.targets.length === 1}
                  onClick={() => props.onInput(props.targets.toSpliced(index, 1))}
                />
              </span>
            </li>
          )}
        </Index>
      </ol>
      <datalist id="known-models">
        <For each={knownModels()}>{(model) => <option value={model} />}</For>
      </datalist>
    </div>
  );
}

/** Those that other routes ask for. */
const knownModels = (): readonly string[] => [
  ...new Set(
    actorsOf('model-route').flatMap(({ context }) =>
      context.settings.targets.map(({ model }) => model),
    ),
  ),
];
