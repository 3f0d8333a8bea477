/** What a tool answered, how long that took, and what reading it would cost a model. */
import { For, Match, onMount, Show, Switch, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Copy } from '../../design/Button.tsx';
import { bytes, compact, duration } from '../../design/format.ts';
import { Json } from '../../design/Json.tsx';
import { Card } from '../../design/Page.tsx';
import { Picture } from '../../design/Picture.tsx';
import type { ToolAnswer } from '../../live/mcpCommands.ts';
import { tokensIn } from './schema.ts';

export type Ran =
  | Readonly<{ answer: ToolAnswer; tookMs: number }>
  | Readonly<{ fault: string; code: string; tookMs: number }>;

type Part = Readonly<Record<string, unknown>>;

const textIn = (part: Part, name: string): string | undefined => {
  const value = part[name];
  return typeof value === 'string' ? value : undefined;
};

const Text = (props: { text: string }): JSX.Element => (
  <pre class="json lines" tabIndex={0} role="region" aria-label="Text of the answer">
    {props.text}
  </pre>
);

const image = /^image\/(png|jpeg|gif|webp)$/;

function imageIn(part: Part): Blob | undefined {
  const [type, data] = [textIn(part, 'mimeType'), textIn(part, 'data')];
  if (part['type'] !== 'image' || !type || !image.test(type) || data === undefined)
    return undefined;
  try {
    return new Blob([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))], { type });
  } catch {
    return undefined;
  }
}

const Part = (props: { of: Part }): JSX.Element => (
  <Switch fallback={<Json value={props.of} label="Part of the answer" />}>
    <Match when={props.of['type'] === 'text'}>
      <Text text={textIn(props.of, 'text') ?? ''} />
    </Match>
    <Match when={imageIn(props.of)}>
      {(blob) => <Picture of={blob()} label="Drawn by the tool" />}
    </Match>
  </Switch>
);

const sizeOf = (answer: ToolAnswer): number =>
  new TextEncoder().encode(JSON.stringify([answer.result, answer.structured_content])).length;

/** Pictures are counted by models in another way. */
const tokensOf = ({ result }: ToolAnswer): number =>
  (result as readonly Part[]).reduce(
    (sum, part) => sum + (part['type'] === 'text' ? tokensIn(part['text']) : tokensIn(part) / 8),
    0,
  );

const answeredBy = ({ cached, backend }: ToolAnswer): string => {
  if (cached) return 'the cache';
  return backend === 'primary' ? 'the server' : backend;
};

const Answer = (props: { answer: ToolAnswer; tookMs: number }): JSX.Element => (
  <>
    <dl class="measures">
      <div>
        <dt>Time</dt>
        <dd title={`${duration(props.tookMs)} with the way to this browser`}>
          {duration(props.answer.response_time * 1_000)}
        </dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd title="For a model that reads the answer: a token is about four characters">
          ≈ {compact(Math.ceil(tokensOf(props.answer)))} tokens
        </dd>
      </div>
      <div>
        <dt>Size</dt>
        <dd>{bytes(sizeOf(props.answer))}</dd>
      </div>
      <div>
        <dt>Answered by</dt>
        <dd>{answeredBy(props.answer)}</dd>
      </div>
    </dl>
    <For
      each={props.answer.result as readonly Part[]}
      fallback={<p class="muted">The tool answered nothing.</p>}
    >
      {(part) => <Part of={part} />}
    </For>
    <Show when={props.answer.structured_content !== undefined}>
      <h3>Structured</h3>
      <Json value={props.answer.structured_content} label="Structured content" />
    </Show>
    <details class="small">
      <summary class="muted">The whole answer</summary>
      <Json value={props.answer} label="The whole answer" />
    </details>
  </>
);

export function Result(props: { of: Ran }): JSX.Element {
  let own: HTMLDivElement | undefined;
  onMount(() => own?.scrollIntoView({ block: 'nearest' }));
  const answer = () => ('answer' in props.of ? props.of : undefined);
  const fault = () => ('fault' in props.of ? props.of : undefined);
  const tone = () => {
    if (fault()?.code === 'CANCELLED') return 'idle';
    return fault() || answer()?.answer.is_error ? 'bad' : 'good';
  };
  const word = () => {
    if (fault()) return fault()?.code === 'CANCELLED' ? 'stopped' : 'failed';
    return answer()?.answer.is_error ? 'the tool failed' : 'completed';
  };
  return (
    <div ref={(element) => (own = element)}>
      <Card
        title="Result"
        beside={
          <span class="row">
            <Badge status={word()} tone={tone()} />
            <Show when={answer()}>
              {(one) => <Copy text={JSON.stringify(one().answer, null, 2)} what="the answer" />}
            </Show>
          </span>
        }
      >
        <div class="stack result" role="status">
          <Show when={answer()}>
            {(one) => <Answer answer={one().answer} tookMs={one().tookMs} />}
          </Show>
          <Show when={fault()}>
            {(one) => (
              <>
                <p class="bad-text">{one().fault}</p>
                <p class="muted small">
                  <code>{one().code}</code> after {duration(one().tookMs)}
                </p>
              </>
            )}
          </Show>
        </div>
      </Card>
    </div>
  );
}
