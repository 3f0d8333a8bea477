/** What is said next, to which model, and with which pictures. */
import { createSignal, createUniqueId, For, Show, type JSX } from 'solid-js';
import { Button, IconButton } from '../../design/Button.tsx';
import { bytes } from '../../design/format.ts';
import { say as toast, tell } from '../../design/Toasts.tsx';
import type { Talk } from '../../live/talk.ts';
import { ModelNames } from '../conversations/ModelNames.tsx';
import { attachedOf, filesAtMost, type Attached } from './attached.ts';

export function Composer(props: { talk: Talk; model: string | null }): JSX.Element {
  const names = createUniqueId();
  const [text, setText] = createSignal('');
  const [model, setModel] = createSignal('');
  const [files, setFiles] = createSignal<readonly Attached[]>([]);
  const [fault, setFault] = createSignal<string>();
  let picker: HTMLInputElement | undefined;
  const isRunning = () => props.talk.running() !== undefined;
  const isEmpty = () => text().trim() === '' && files().length === 0;

  const send = async () => {
    if (isRunning() || isEmpty()) return;
    const [said, sent] = [text(), files()];
    setFault(undefined);
    setText('');
    setFiles([]);
    try {
      const words = said.trim() === '' ? [] : [{ type: 'text', text: said }];
      await props.talk.say({
        content: sent.length === 0 ? said : [...sent.map(({ part }) => part), ...words],
        ...(model().trim() !== '' && { model: model().trim() }),
      });
    } catch (error) {
      // What was written is not lost with a refusal.
      setText(said);
      setFiles(sent);
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  const attach = async (list: FileList | null) => {
    try {
      const more = await Promise.all([...(list ?? [])].map(attachedOf));
      setFiles((before) => [...before, ...more].slice(0, filesAtMost));
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
    if (picker) picker.value = '';
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };

  return (
    <form
      class="composer"
      aria-label="Go on with the conversation"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Show when={fault()}>
        <div class="notice bad" role="alert">
          {fault()}
        </div>
      </Show>
      <Show when={files().length > 0}>
        <div class="row wrap">
          <For each={files()}>
            {(file) => (
              <span class="tag row">
                {file.name} · {bytes(file.sizeBytes)}
                <IconButton
                  slim
                  icon="close"
                  label={`Leave ${file.name} out`}
                  onClick={() => setFiles((all) => all.filter((one) => one !== file))}
                />
              </span>
            )}
          </For>
        </div>
      </Show>
      <textarea
        class="textarea"
        data-search
        rows={Math.min(8, Math.max(2, text().split('\n').length))}
        aria-label="Message"
        placeholder="Say something. Enter sends, Shift+Enter begins a line."
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="row">
        <input
          class="input model"
          list={names}
          aria-label="Model of this turn"
          placeholder={props.model ?? 'The gateway’s own model'}
          value={model()}
          maxLength={200}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setModel(event.currentTarget.value)}
        />
        <ModelNames id={names} />
        <input
          type="file"
          hidden
          multiple
          ref={(own) => (picker = own)}
          onChange={(event) => void attach(event.currentTarget.files)}
        />
        <IconButton icon="plus" label="Attach files" onClick={() => picker?.click()} />
        <span class="grow" />
        <Show
          when={isRunning()}
          fallback={
            <Button type="submit" look="primary" disabled={isEmpty()}>
              Send
            </Button>
          }
        >
          <Button
            icon="pause"
            disabled={props.talk.running()?.told.turnId === ''}
            onClick={() => void tell(props.talk.cancel(), 'The turn was stopped')}
          >
            Stop
          </Button>
        </Show>
      </div>
    </form>
  );
}
