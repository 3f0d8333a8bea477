/** Makes a client key, or changes what it may do. */
import { createSignal, Show, type JSX } from 'solid-js';
import { CheckField } from '../../design/Check.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { AreaField, SelectField, TextField } from '../../design/Field.tsx';
import { say } from '../../design/Toasts.tsx';
import { clientKeys, type ClientTerms } from '../../live/clientKeyCommands.ts';
import { linesOf, type Client } from './clientRows.ts';

type Made = Readonly<{ id: string; name: string; key: string }>;
type FormProps = { of?: Client; onClose: () => void; onMade?: (made: Made) => void };

const two = (value: number) => String(value).padStart(2, '0');

/** As `datetime-local` takes it, in the reader's zone. */
function localTime(ms: number | null): string {
  if (ms === null) return '';
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const text = (value: number | null | undefined) => String(value ?? '');
const numberOf = (value: string): number | null => (value === '' ? null : Number(value));

type ToolsChoice = 'all' | 'none' | 'some';
const choiceOf = (tools: readonly string[] | null | undefined): ToolsChoice => {
  if (tools === null || tools === undefined) return 'all';
  return tools.length === 0 ? 'none' : 'some';
};

export function ClientForm(props: FormProps): JSX.Element {
  const before = props.of?.context;
  const [name, setName] = createSignal(before?.name ?? '');
  const [clientId, setClientId] = createSignal('');
  const [models, setModels] = createSignal((before?.models ?? []).join('\n'));
  const [choice, setChoice] = createSignal(choiceOf(before?.allowed_tools));
  const [tools, setTools] = createSignal((before?.allowed_tools ?? []).join('\n'));
  const [expires, setExpires] = createSignal(localTime(before?.expires_at_ms ?? null));
  const [pace, setPace] = createSignal(text(before?.requests_per_minute));
  const [burst, setBurst] = createSignal(text(before?.burst));
  const [atOnce, setAtOnce] = createSignal(text(before?.max_concurrent));
  const [isRecorded, setRecorded] = createSignal(before?.record_bodies ?? false);

  const toolsOf = () => {
    if (choice() === 'all') return null;
    return choice() === 'none' ? [] : linesOf(tools());
  };
  const terms = (): ClientTerms => ({
    models: linesOf(models()).length === 0 ? null : linesOf(models()),
    allowed_tools: toolsOf(),
    // The field knows no seconds: what was not touched stays as it is.
    ...(expires() !== localTime(before?.expires_at_ms ?? null) && {
      expires_at: expires() === '' ? null : new Date(expires()).toISOString(),
    }),
    requests_per_minute: numberOf(pace()),
    burst: numberOf(burst()),
    max_concurrent: numberOf(atOnce()),
    record_bodies: isRecorded(),
  });
  const submit = async () => {
    if (props.of) {
      await clientKeys.change(props.of.id, { name: name().trim(), ...terms() });
      say('The client key was changed');
      return;
    }
    const owner = clientId() === '' ? {} : { client_id: clientId() };
    props.onMade?.(await clientKeys.add({ name: name().trim(), ...owner, ...terms() }));
  };

  return (
    <Dialog
      title={before ? `Edit ${before.name}` : 'Add a client key'}
      submit={before ? 'Save' : 'Add the key'}
      onClose={props.onClose}
      onSubmit={submit}
    >
      <div class="fields">
        <TextField
          label="Name"
          required
          maxLength={100}
          value={name()}
          placeholder="Team search"
          onInput={setName}
        />
        <Show when={!before}>
          <TextField
            label="Client"
            maxLength={100}
            value={clientId()}
            hint="Whose it is; several keys may share one. Made from the name when empty."
            onInput={setClientId}
          />
        </Show>
      </div>
      <div class="fieldset">
        <h3>What it may use</h3>
        <AreaField
          label="Models"
          rows={3}
          value={models()}
          hint="One a line, as its client writes them; * is any text: gpt-*, anthropic/*. Empty: every model."
          onInput={setModels}
        />
        <SelectField
          label="MCP tools"
          value={choice()}
          options={[
            { value: 'all', text: 'Every tool' },
            { value: 'some', text: 'Only those named below' },
            { value: 'none', text: 'No tool' },
          ]}
          onInput={(value) => setChoice(value as ToolsChoice)}
        />
        <Show when={choice() === 'some'}>
          <AreaField
            label="Tools by name"
            rows={3}
            value={tools()}
            hint="One a line, as {server}_{tool}; * is any text: filesystem_*, *_search."
            onInput={setTools}
          />
        </Show>
      </div>
      <div class="fieldset">
        <h3>How much, and how long</h3>
        <div class="fields">
          <TextField
            label="Requests a minute"
            type="number"
            min={1}
            max={10_000_000}
            value={pace()}
            placeholder="as the setting"
            onInput={setPace}
          />
          <TextField
            label="Burst"
            type="number"
            min={1}
            max={10_000_000}
            value={burst()}
            placeholder="a minute's"
            onInput={setBurst}
          />
          <TextField
            label="At the same time"
            type="number"
            min={1}
            max={1_000_000}
            value={atOnce()}
            placeholder="no limit"
            onInput={setAtOnce}
          />
        </div>
        <TextField
          label="Expires"
          type="datetime-local"
          value={expires()}
          hint="In your time zone. Empty: never."
          onInput={setExpires}
        />
        <CheckField
          label="Keep its requests and answers"
          hint="Encrypted, for as many days as the setting recording_days says."
          value={isRecorded()}
          onInput={setRecorded}
        />
      </div>
    </Dialog>
  );
}
