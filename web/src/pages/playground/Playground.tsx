/** Asks a model in any dialect, and shows the raw exchange beside its answer. */
import { useSearchParams } from '@solidjs/router';
import { batch, createMemo, createSignal, For, onCleanup, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { CheckField } from '../../design/Check.tsx';
import { AreaField, Segments, SelectField, TextField } from '../../design/Field.tsx';
import { Card, Page as Frame } from '../../design/Page.tsx';
import { runExchange, type Exchange } from '../../live/exchange.ts';
import { actorsOf } from '../../live/selectors.ts';
import { dialectsOfTargets } from '../../live/stands.ts';
import { world } from '../../live/store.ts';
import { curlOf, formOf, forms } from './dialects.ts';
import { Shown } from './Shown.tsx';

type Params = { dialect?: string; model?: string; stream?: string; as?: string; tab?: string };

const number = (text: string): number | null => (text.trim() === '' ? null : Number(text));

export function Page(): JSX.Element {
  const [params, setParams] = useSearchParams<Params>();
  const [prompt, setPrompt] = createSignal('What is a signal box?');
  const [system, setSystem] = createSignal('');
  const [maxTokens, setMaxTokens] = createSignal('');
  const [temperature, setTemperature] = createSignal('');
  const [clientKey, setClientKey] = createSignal('');
  const [written, setWritten] = createSignal('');
  const [exchange, setExchange] = createSignal<Exchange>();
  const form = () => formOf(params.dialect);
  const model = () => params.model ?? form().example;
  const isStream = () => params.stream !== 'no';
  const isWritten = () => params.as === 'json';
  const isBusy = () => exchange()?.endMs === null;
  let running = new AbortController();
  onCleanup(() => running.abort());

  const asked = createMemo(() => ({
    model: model(),
    system: system(),
    prompt: prompt(),
    maxTokens: number(maxTokens()),
    temperature: number(temperature()),
    isStream: isStream(),
  }));
  const path = () => form().pathOf(asked());
  const body = () => (isWritten() ? written() : JSON.stringify(form().bodyOf(asked()), null, 2));
  /** Routes that can be asked so, and what was asked for lately. */
  const models = createMemo(() => {
    const routes = actorsOf('model-route')
      .filter(({ context }) =>
        dialectsOfTargets(context.settings.targets.map(({ provider }) => provider)).includes(
          form().dialect,
        ),
      )
      .map(({ context }) => context.name);
    const lately = (world()?.requests ?? [])
      .filter(({ dialect }) => dialect === form().dialect)
      .flatMap(({ model: name }) => name ?? []);
    return [...new Set([...routes, ...lately, form().example])].slice(0, 100);
  });
  const set = (name: keyof Params) => (value: string) =>
    setParams({ [name]: value }, { replace: true });
  const choose = (as: string) =>
    batch(() => {
      if (as === 'json') setWritten(body());
      setParams({ as: as === 'json' ? as : null }, { replace: true });
    });
  const send = () => {
    if (isBusy()) return;
    running = new AbortController();
    const sent = { path: path(), body: body(), clientKey: clientKey() };
    void runExchange(sent, running.signal, setExchange);
  };

  return (
    <Frame
      title="Playground"
      lead="Ask a model as a client would. It counts, costs and is recorded like any other request."
    >
      <div class="cards">
        <form
          class="w4 stack"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
          }}
        >
          <Card
            title="Request"
            beside={
              <Segments
                label="Written as"
                value={isWritten() ? 'json' : ''}
                onInput={choose}
                options={[
                  { value: '', text: 'Form' },
                  { value: 'json', text: 'JSON' },
                ]}
              />
            }
          >
            <div class="stack">
              <SelectField
                label="Dialect"
                value={form().value}
                options={forms}
                onInput={(value) =>
                  setParams({ dialect: value, model: null, as: null }, { replace: true })
                }
              />
              <TextField
                label="Model"
                required
                value={model()}
                list="playground-models"
                spellcheck={false}
                hint="A vendor's model, one of a provider (openai/gpt-5), or a route of yours."
                onInput={set('model')}
              />
              <datalist id="playground-models">
                <For each={models()}>{(name) => <option value={name} />}</For>
              </datalist>
              <Show
                when={!isWritten()}
                fallback={
                  <AreaField label="Body" rows={14} value={written()} onInput={setWritten} />
                }
              >
                <AreaField label="System prompt" rows={2} value={system()} onInput={setSystem} />
                <AreaField label="Message" rows={4} value={prompt()} onInput={setPrompt} />
                <div class="fields">
                  <TextField
                    label="Most tokens"
                    type="number"
                    min={1}
                    value={maxTokens()}
                    placeholder={form().value === 'anthropic' ? '1024' : 'no limit'}
                    onInput={setMaxTokens}
                  />
                  <TextField
                    label="Temperature"
                    type="number"
                    min={0}
                    max={2}
                    step={0.1}
                    value={temperature()}
                    placeholder="the model's"
                    onInput={setTemperature}
                  />
                </div>
                <CheckField
                  label="Streamed"
                  value={isStream()}
                  onInput={(isOn) => setParams({ stream: isOn ? null : 'no' }, { replace: true })}
                />
              </Show>
              <TextField
                label="Client key"
                type="password"
                value={clientKey()}
                autocomplete="new-password"
                hint="To ask with its limits. Empty: as the operator. It is not kept."
                onInput={setClientKey}
              />
              <div class="row">
                <Button type="submit" look="primary" icon="play" disabled={isBusy()}>
                  Send
                </Button>
                <Show when={isBusy()}>
                  <Button onClick={() => running.abort()}>Stop</Button>
                </Show>
                <span class="faint small">
                  <span class="kbd">Ctrl</span> <span class="kbd">Enter</span>
                </span>
              </div>
            </div>
          </Card>
        </form>
        <Shown
          exchange={exchange()}
          form={formOf(params.dialect)}
          tab={params.tab ?? 'answer'}
          onTab={set('tab')}
          next={{ path: path(), body: body(), curl: curlOf(path(), body(), clientKey() !== '') }}
        />
      </div>
    </Frame>
  );
}
