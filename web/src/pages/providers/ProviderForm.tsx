/** Adds a provider, or changes one. */
import { useNavigate } from '@solidjs/router';
import { createSignal, Show, type JSX } from 'solid-js';
import { Dialog } from '../../design/Dialog.tsx';
import { SelectField, TextField } from '../../design/Field.tsx';
import { say } from '../../design/Toasts.tsx';
import { providers, type ProviderBody } from '../../live/providerCommands.ts';
import type { Provider } from './providerRows.ts';

type Dialect = ProviderBody['dialect'];
type Auth = ProviderBody['auth'];

const dialects: readonly Readonly<{ value: Dialect; text: string; url: string; auth: Auth }>[] = [
  {
    value: 'openai',
    text: 'OpenAI, or compatible with it',
    url: 'https://api.openai.com/v1',
    auth: 'bearer',
  },
  {
    value: 'anthropic',
    text: 'Anthropic',
    url: 'https://api.anthropic.com',
    auth: 'x-api-key',
  },
  {
    value: 'gemini',
    text: 'Google Gemini',
    url: 'https://generativelanguage.googleapis.com',
    auth: 'x-goog-api-key',
  },
];
const auths: readonly Readonly<{ value: Auth; text: string }>[] = [
  { value: 'bearer', text: 'Authorization: Bearer …' },
  { value: 'x-api-key', text: 'x-api-key' },
  { value: 'x-goog-api-key', text: 'x-goog-api-key' },
  { value: 'api-key', text: 'api-key (Azure)' },
  { value: 'none', text: 'No key at all' },
];
const ofDialect = (dialect: string) => dialects.find(({ value }) => value === dialect);

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);

export function ProviderForm(props: { of?: Provider; onClose: () => void }): JSX.Element {
  const before = props.of?.context;
  const navigate = useNavigate();
  const [name, setName] = createSignal(before?.name ?? '');
  const [dialect, setDialect] = createSignal(before?.dialect ?? 'openai');
  const [url, setUrl] = createSignal(before?.base_url ?? '');
  const [auth, setAuth] = createSignal(before?.auth ?? 'bearer');
  const [id, setId] = createSignal('');
  const choose = (value: string) => {
    const usual = ofDialect(dialect())?.auth;
    if (auth() === usual) setAuth(ofDialect(value)?.auth ?? 'bearer');
    setDialect(value);
  };
  const isMoved = () => before !== undefined && originOf(before.base_url) !== originOf(url());

  const submit = async () => {
    const body = {
      name: name().trim(),
      dialect: dialect() as Dialect,
      base_url: url().trim(),
      auth: auth() as Auth,
    };
    if (props.of) {
      await providers.change(props.of.id, body);
      say('The provider was changed');
      return;
    }
    const made = await providers.add({ ...body, ...(id() !== '' && { id: id() }) });
    say(`${made.name} was added`);
    navigate(`/providers/${made.id}`);
  };

  return (
    <Dialog
      title={before ? `Edit ${before.name}` : 'Add a provider'}
      submit={before ? 'Save' : 'Add'}
      onClose={props.onClose}
      onSubmit={submit}
    >
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name()}
        placeholder="Groq"
        onInput={setName}
      />
      <SelectField
        label="Dialect"
        value={dialect()}
        options={dialects}
        hint="In what its API speaks; callers ask in the same one."
        onInput={choose}
      />
      <TextField
        label="Base URL"
        type="url"
        required
        maxLength={2000}
        value={url()}
        placeholder={ofDialect(dialect())?.url ?? ''}
        hint={
          dialect() === 'openai'
            ? "As its SDK takes it: OpenAI's ends in /v1."
            : 'As its SDK takes it: without a version at its end.'
        }
        onInput={setUrl}
      />
      <SelectField label="The key is sent as" value={auth()} options={auths} onInput={setAuth} />
      <Show when={!before}>
        <TextField
          label="Id"
          value={id()}
          maxLength={60}
          pattern="[a-z0-9]([a-z0-9-]*[a-z0-9])?"
          hint="Callers may write it before a model: groq/llama-4. Made from the name when it is left empty."
          onInput={setId}
        />
      </Show>
      <Show when={isMoved()}>
        <div class="notice rest">
          It moves to another host: its keys are disabled until each is entered again, so that none
          of them is shown to a stranger.
        </div>
      </Show>
    </Dialog>
  );
}
