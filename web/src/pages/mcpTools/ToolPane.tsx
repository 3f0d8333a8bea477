/** One tool: what it is for, its arguments, and what it answers. */
import { A } from '@solidjs/router';
import { createMemo, createSignal, For, onCleanup, Show, type JSX } from 'solid-js';
import { Button, Copy } from '../../design/Button.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { AreaField, Segments } from '../../design/Field.tsx';
import { count } from '../../design/format.ts';
import { Json } from '../../design/Json.tsx';
import { Card } from '../../design/Page.tsx';
import { ApiProblem } from '../../live/api.ts';
import { callTool, type Tool } from '../../live/mcpCommands.ts';
import { RecentCalls } from './RecentCalls.tsx';
import { Result, type Ran } from './Result.tsx';
import {
  argumentsOf,
  FieldFault,
  fieldsOf,
  objectIn,
  tokensIn,
  usualValues,
  valuesOf,
  type Values,
} from './schema.ts';
import { SchemaForm } from './SchemaForm.tsx';

type PaneProps = {
  tool: Tool;
  /** JSON of arguments that a link brought. */
  given: string | undefined;
  linkOf: (args: string) => string;
};

const hints = [
  ['readOnlyHint', 'reads only'],
  ['destructiveHint', 'may destroy'],
  ['idempotentHint', 'may be repeated'],
  ['openWorldHint', 'reaches other systems'],
] as const;

function hintsOf({ tool }: Tool): readonly string[] {
  const said = tool['annotations'];
  if (typeof said !== 'object' || said === null) return [];
  return hints.flatMap(([name, text]) =>
    (said as Readonly<Record<string, unknown>>)[name] === true ? [text] : [],
  );
}

export function ToolPane(props: PaneProps): JSX.Element {
  const fields = createMemo(() => fieldsOf(props.tool.input_schema));
  const begin = (): Values => {
    try {
      if (props.given !== undefined) return valuesOf(fields(), objectIn(props.given));
    } catch {
      // A link that was cut: the form begins as usual.
    }
    return usualValues(fields());
  };
  const [values, setValues] = createSignal(begin());
  const [asText, setAsText] = createSignal<string>();
  const [fault, setFault] = createSignal<FieldFault>();
  const [ran, setRan] = createSignal<Ran>();
  const [running, setRunning] = createSignal<AbortController>();
  const [isAsking, setAsking] = createSignal(false);
  onCleanup(() => running()?.abort());

  /** @throws {FieldFault} */
  const args = () => {
    const text = asText();
    return text === undefined ? argumentsOf(fields(), values()) : objectIn(text);
  };
  const attempt = <Answer,>(work: () => Answer): Answer | undefined => {
    setFault(undefined);
    try {
      return work();
    } catch (error) {
      if (error instanceof FieldFault) setFault(error);
      return undefined;
    }
  };
  const run = async () => {
    const given = attempt(args);
    if (!given || running()) return;
    const own = new AbortController();
    setRunning(own);
    const startedMs = performance.now();
    const took = () => performance.now() - startedMs;
    try {
      const answer = await callTool(props.tool.id, given, own.signal);
      setRan({ answer, tookMs: took() });
    } catch (error) {
      const code = error instanceof ApiProblem ? error.code : 'FAILED';
      const text = error instanceof Error ? error.message : String(error);
      setRan({ fault: text, code, tookMs: took() });
    } finally {
      setRunning(undefined);
    }
  };
  const isDangerous = () => hintsOf(props.tool).includes('may destroy');
  const submit = (event: Event) => {
    event.preventDefault();
    if (isDangerous() && attempt(args)) setAsking(true);
    else void run();
  };
  const show = (way: string) => {
    if (way === 'json') {
      const now = attempt(args) ?? {};
      setAsText(JSON.stringify(now, null, 2));
      return;
    }
    const back = attempt(() => objectIn(asText() ?? '{}'));
    if (!back) return;
    setValues(valuesOf(fields(), back));
    setAsText(undefined);
  };
  const link = () => {
    try {
      return props.linkOf(JSON.stringify(args()));
    } catch {
      return props.linkOf('{}');
    }
  };

  return (
    <div class="stack pane">
      <Card>
        <div class="stack">
          <div class="row spread wrap">
            <h2 class="mono">{props.tool.name}</h2>
            <span class="row wrap">
              <For each={hintsOf(props.tool)}>{(hint) => <span class="tag">{hint}</span>}</For>
              <span class="muted small">
                of <A href={`/mcp/servers/${props.tool.server}`}>{props.tool.server}</A>
              </span>
            </span>
          </div>
          <p class="muted about">{props.tool.description ?? 'The server says nothing about it.'}</p>
          <div class="row wrap small muted">
            <span>
              Clients call it <code>{props.tool.id}</code>
            </span>
            <Copy text={props.tool.id} what="its name" />
            <span title="In each request that offers it to a model; a token is about four characters">
              Its description costs ≈ {count(tokensIn(props.tool.tool))} tokens
            </span>
          </div>
          <details class="small result">
            <summary class="muted">As the server describes it</summary>
            <Json value={props.tool.tool} label="Description of the tool" />
          </details>
        </div>
      </Card>
      <Card
        title="Arguments"
        beside={
          <Segments
            label="Arguments as"
            value={asText() === undefined ? 'form' : 'json'}
            options={[
              { value: 'form', text: 'Form' },
              { value: 'json', text: 'JSON' },
            ]}
            onInput={show}
          />
        }
      >
        <form
          class="stack"
          aria-label="Arguments"
          onSubmit={submit}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.currentTarget.requestSubmit();
            }
          }}
        >
          <Show
            when={asText() === undefined}
            fallback={
              <AreaField
                label="Arguments as JSON"
                value={asText() ?? ''}
                rows={10}
                fault={fault()?.message}
                onInput={setAsText}
              />
            }
          >
            <SchemaForm
              fields={fields()}
              values={values()}
              fault={fault()}
              onInput={(path, text) => setValues((before) => ({ ...before, [path]: text }))}
            />
            <Show when={fields().length === 0}>
              <p class="muted">It takes no arguments.</p>
            </Show>
          </Show>
          <div class="row wrap">
            <Button type="submit" look="primary" icon="play" disabled={running() !== undefined}>
              {running() ? 'Running…' : 'Run'}
            </Button>
            <Show when={running()}>
              <Button onClick={() => running()?.abort()}>Stop</Button>
            </Show>
            <span class="grow" />
            <span class="small muted">Link with these arguments</span>
            <Copy text={link()} what="a link with these arguments" />
          </div>
        </form>
      </Card>
      <Show when={ran()}>{(one) => <Result of={one()} />}</Show>
      <RecentCalls of={props.tool} />
      <Show when={isAsking()}>
        <Dialog
          title={`Run ${props.tool.name}?`}
          submit="Run"
          danger
          onClose={() => setAsking(false)}
          onSubmit={() => {
            void run();
            return Promise.resolve();
          }}
        >
          <p class="muted">Its server says that it may destroy something. It really runs.</p>
        </Dialog>
      </Show>
    </div>
  );
}
