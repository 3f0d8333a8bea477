/** Begins a conversation; all that is asked for may be left out. */
import { useNavigate } from '@solidjs/router';
import { createSignal, createUniqueId, type JSX } from 'solid-js';
import { Dialog } from '../../design/Dialog.tsx';
import { AreaField, TextField } from '../../design/Field.tsx';
import { conversations } from '../../live/conversationCommands.ts';
import { ModelNames } from './ModelNames.tsx';

const given = (text: string): string | null => text.trim() || null;
const numberIn = (text: string): number | null => (text.trim() === '' ? null : Number(text));

export function NewConversation(props: { onClose: () => void }): JSX.Element {
  const navigate = useNavigate();
  const names = createUniqueId();
  const [title, setTitle] = createSignal('');
  const [model, setModel] = createSignal('');
  const [system, setSystem] = createSignal('');
  const [maxTokens, setMaxTokens] = createSignal('');
  const [temperature, setTemperature] = createSignal('');
  const begin = async () => {
    const { id } = await conversations.begin({
      title: given(title()),
      model: given(model()),
      system_prompt: given(system()),
      max_tokens: numberIn(maxTokens()),
      temperature: numberIn(temperature()),
    });
    navigate(`/conversations/${id}`);
  };
  return (
    <Dialog title="New conversation" submit="Begin" onClose={props.onClose} onSubmit={begin}>
      <TextField
        label="Model"
        hint="Each turn may name another one. Left empty: the gateway’s own."
        value={model()}
        maxLength={200}
        list={names}
        autofocus
        onInput={setModel}
      />
      <ModelNames id={names} />
      <TextField
        label="Title"
        hint="Left empty: made of the first message."
        value={title()}
        maxLength={200}
        onInput={setTitle}
      />
      <AreaField label="System prompt" rows={4} value={system()} onInput={setSystem} />
      <div class="fields">
        <TextField
          label="Most tokens of an answer"
          type="number"
          min="1"
          value={maxTokens()}
          onInput={setMaxTokens}
        />
        <TextField
          label="Temperature"
          type="number"
          min="0"
          max="2"
          step="0.1"
          value={temperature()}
          onInput={setTemperature}
        />
      </div>
    </Dialog>
  );
}
