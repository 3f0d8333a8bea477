/** Defines a model route, or changes one. */
import { useNavigate } from '@solidjs/router';
import { createSignal, For, Show, type JSX } from 'solid-js';
import { CheckField } from '../../design/Check.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { say } from '../../design/Toasts.tsx';
import { modelRoutes } from '../../live/providerCommands.ts';
import { actorsOf } from '../../live/selectors.ts';
import { bodyOf, draftOf, limitNames, type Draft } from './drafts.ts';
import type { Route } from './routeRows.ts';
import { TargetFields } from './TargetFields.tsx';

const strategies = [
  { value: 'fallback', text: 'Fallback: the first that can answer, in their order' },
  { value: 'weighted', text: 'Weighted: the first by weight, the others after it' },
];

const prices = [
  { name: 'input', text: 'Input, $ per million', none: 'public price' },
  { name: 'output', text: 'Output, $ per million', none: 'public price' },
  { name: 'cached', text: 'Cached input', none: 'as the input' },
] as const;

export function RouteForm(props: { of?: Route; onClose: () => void }): JSX.Element {
  const navigate = useNavigate();
  const [draft, setDraft] = createSignal(draftOf(props.of, actorsOf('provider')[0]?.id ?? ''));
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const setText = (name: 'name' | 'context' | 'input' | 'output' | 'cached') => (value: string) =>
    set({ [name]: value });

  const submit = async () => {
    if (props.of) {
      await modelRoutes.change(props.of.id, bodyOf(draft()));
      say('The model route was changed');
      return;
    }
    const made = await modelRoutes.add({ name: draft().name.trim(), ...bodyOf(draft()) });
    say(`${made.name} can be asked for`);
    navigate(`/routes/${made.id}`);
  };

  return (
    <Dialog
      title={props.of ? `Edit ${props.of.context.name}` : 'Add a model route'}
      submit={props.of ? 'Save' : 'Add the route'}
      onClose={props.onClose}
      onSubmit={submit}
    >
      <Show when={!props.of}>
        <TextField
          label="Model name"
          required
          maxLength={200}
          pattern="\S+"
          value={draft().name}
          placeholder="team/best"
          hint="What clients ask for. It is for ever; everything else may change."
          onInput={setText('name')}
        />
      </Show>
      <SelectField
        label="Strategy"
        value={draft().strategy}
        options={strategies}
        onInput={(strategy) => set({ strategy })}
      />
      <TargetFields
        targets={draft().targets}
        isWeighted={draft().strategy === 'weighted'}
        onInput={(targets) => set({ targets })}
      />
      <div class="fieldset">
        <CheckField
          label="Go on with another target when a stream breaks"
          hint="The answer is resumed where it stopped; otherwise the client is told."
          value={draft().resume}
          onInput={(resume) => set({ resume })}
        />
        <CheckField
          label="Keep requests and answers"
          hint="Encrypted, for as many days as the setting recording_days says."
          value={draft().isRecorded}
          onInput={(isRecorded) => set({ isRecorded })}
        />
      </div>
      <details class="fieldset">
        <summary>Price, context and limits of its own</summary>
        <div class="stack">
          <div class="fields">
            <For each={prices}>
              {({ name, text, none }) => (
                <TextField
                  label={text}
                  type="number"
                  min={0}
                  step="any"
                  value={draft()[name]}
                  placeholder={none}
                  onInput={setText(name)}
                />
              )}
            </For>
            <TextField
              label="Context, tokens"
              type="number"
              min={1}
              value={draft().context}
              placeholder="not told"
              onInput={setText('context')}
            />
          </div>
          <div class="fields">
            <For each={limitNames}>
              {({ name, text }) => (
                <TextField
                  label={text}
                  type="number"
                  min={0}
                  value={draft().limits[name] ?? ''}
                  placeholder="as the setting"
                  onInput={(value) => set({ limits: { ...draft().limits, [name]: value } })}
                />
              )}
            </For>
          </div>
        </div>
      </details>
    </Dialog>
  );
}
