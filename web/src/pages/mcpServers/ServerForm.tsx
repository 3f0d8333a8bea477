/** Adds an MCP server, or gives one another configuration. */
import { useNavigate } from '@solidjs/router';
import { createEffect, createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { Dialog } from '../../design/Dialog.tsx';
import { AreaField, Segments, TextField } from '../../design/Field.tsx';
import { say } from '../../design/Toasts.tsx';
import { ask } from '../../live/ask.ts';
import { mcpServers } from '../../live/mcpCommands.ts';
import { bodyOf, draftOf, emptyDraft, keptMark, newBodyOf, type Draft } from './written.ts';

type Fields = {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  isKept?: boolean;
};

const ways = [
  { value: 'http', text: 'Streamable HTTP' },
  { value: 'sse', text: 'SSE' },
  { value: 'stdio', text: 'Program' },
];
const toWay = (value: string): Draft['way'] =>
  value === 'sse' || value === 'stdio' ? value : 'http';

const keptHint = `Leave ${keptMark} for what is kept and not shown.`;
const secretHint = 'Values go to the vault and are never shown again.';

const ByUrl = (props: Fields): JSX.Element => (
  <>
    <TextField
      label="Address"
      type="url"
      required
      value={props.draft.url}
      placeholder="https://example.com/mcp"
      onInput={(url) => props.set({ url })}
    />
    <AreaField
      label="Headers"
      rows={3}
      value={props.draft.headers}
      hint={`One a line, as Authorization: Bearer … ${props.isKept ? keptHint : secretHint}`}
      onInput={(headers) => props.set({ headers })}
    />
  </>
);

const ByProgram = (props: Fields): JSX.Element => (
  <>
    <TextField
      label="Command"
      required
      value={props.draft.command}
      placeholder="npx"
      hint="Needs MIDDLEWARE_PASSWORD to be set: whoever may do this runs programs on the gateway's host."
      onInput={(command) => props.set({ command })}
    />
    <AreaField
      label="Arguments"
      rows={3}
      value={props.draft.args}
      hint={`One a line. ${props.isKept ? keptHint : ''}`}
      onInput={(args) => props.set({ args })}
    />
    <AreaField
      label="Environment"
      rows={3}
      value={props.draft.env}
      hint={`One a line, as NAME=value. ${props.isKept ? keptHint : secretHint}`}
      onInput={(env) => props.set({ env })}
    />
    <TextField
      label="Folder it runs in"
      value={props.draft.cwd}
      hint="May be left empty."
      onInput={(cwd) => props.set({ cwd })}
    />
  </>
);

const Form = (props: Fields): JSX.Element => (
  <div class="stack server-form">
    <div class="field">
      <span class="label">Reached by</span>
      <div>
        <Segments
          label="Reached by"
          value={props.draft.way}
          options={ways}
          onInput={(way) => props.set({ way: toWay(way) })}
        />
      </div>
    </div>
    <Show when={props.draft.way === 'stdio'} fallback={<ByUrl {...props} />}>
      <ByProgram {...props} />
    </Show>
    <div class="pair">
      <TextField
        label="Time limit of a call, seconds"
        type="number"
        min={0.001}
        step="any"
        value={props.draft.timeoutS}
        hint="Empty: as usual."
        onInput={(timeoutS) => props.set({ timeoutS })}
      />
      <TextField
        label="Keep results, seconds"
        type="number"
        min={0}
        value={props.draft.cacheS}
        hint="Of read-only tools; empty: never."
        onInput={(cacheS) => props.set({ cacheS })}
      />
    </div>
  </div>
);

export function AddServer(props: { onClose: () => void }): JSX.Element {
  const navigate = useNavigate();
  const [draft, setDraft] = createSignal(emptyDraft);
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  let added: string | undefined;
  return (
    <Dialog
      title="Add an MCP server"
      submit="Add and connect"
      onClose={() => {
        if (added === undefined) props.onClose();
        else navigate(`/mcp/servers/${added}`);
      }}
      onSubmit={async () => {
        const { id } = await mcpServers.add(newBodyOf(draft()));
        added = id;
        say('The server was added; it is dialled now');
      }}
    >
      <TextField
        label="Name"
        required
        maxLength={60}
        value={draft().name}
        hint="Its tools are called name_tool by clients."
        onInput={(name) => set({ name })}
      />
      <Form draft={draft()} set={set} />
    </Dialog>
  );
}

export function EditServer(props: { id: string; onClose: () => void }): JSX.Element {
  const shown = ask(() => props.id, mcpServers.one);
  const [draft, setDraft] = createSignal<Draft>();
  createEffect(() => {
    const server = shown.value();
    if (server) setDraft((before) => before ?? draftOf(server));
  });
  return (
    <Dialog
      title={`Edit ${shown.value()?.name ?? props.id}`}
      submit="Save and connect anew"
      onClose={props.onClose}
      onSubmit={async () => {
        const [now, server] = [draft(), shown.value()];
        if (!now || !server) throw new Error('Its configuration is not here yet; wait a moment.');
        await mcpServers.change(props.id, bodyOf(now, server));
        say('The server was changed');
      }}
    >
      <Switch fallback={<p class="muted">Its configuration is being read…</p>}>
        <Match when={draft()}>
          {(now) => (
            <Form
              isKept
              draft={now()}
              set={(changes) => setDraft((before) => before && { ...before, ...changes })}
            />
          )}
        </Match>
        <Match when={shown.fault()}>
          <p class="bad-text">{shown.fault()}</p>
        </Match>
      </Switch>
    </Dialog>
  );
}
