/** One call of a tool, and what was said in it where that was recorded. */
import { A } from '@solidjs/router';
import { createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { CopyFact } from '../../design/CopyFact.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { bytes, duration, exact } from '../../design/format.ts';
import { Json } from '../../design/Json.tsx';
import { ask } from '../../live/ask.ts';
import { callOf, saidIn } from '../../live/mcpCommands.ts';
import type { ToolCall } from '../../live/world.ts';
import { toneOfCall, wordOfCall } from './callRows.ts';

type Said = Awaited<ReturnType<typeof saidIn>>;

const readable = (body: NonNullable<Said['request']>): unknown => {
  if (body.text === null) return `${body.content_type ?? 'data'}, ${bytes(body.bytes)}`;
  try {
    return JSON.parse(body.text) as unknown;
  } catch {
    return body.text;
  }
};

function Bodies(props: { id: string }): JSX.Element {
  const [isWanted, setWanted] = createSignal(false);
  const said = ask(() => (isWanted() ? props.id : undefined), saidIn);
  return (
    <Show
      when={isWanted()}
      fallback={
        <div class="row wrap">
          <Button slim onClick={() => setWanted(true)}>
            Show what was said
          </Button>
          <span class="muted small">Each look is noted in the audit log.</span>
        </div>
      }
    >
      <Switch fallback={<p class="muted">It is being read…</p>}>
        <Match when={said.fault()}>
          <p class="muted">
            {said.fault()} Calls are recorded only while the setting record_tool_calls is on.
          </p>
        </Match>
        <Match when={said.value()}>
          {(bodies) => (
            <div class="stack result">
              <Show when={bodies().request}>
                {(body) => <Json value={readable(body())} label="What it was called with" />}
              </Show>
              <Show when={bodies().response}>
                {(body) => <Json value={readable(body())} label="What it answered" />}
              </Show>
            </div>
          )}
        </Match>
      </Switch>
    </Show>
  );
}

const Facts = (props: { of: ToolCall }): JSX.Element => (
  <dl class="facts">
    <dt>Result</dt>
    <dd>
      <Badge status={wordOfCall(props.of)} tone={toneOfCall(props.of)} />
      <Show when={props.of.error}>
        <div>{props.of.error}</div>
      </Show>
      <Show when={props.of.error_code}>
        {(code) => <div class="muted small">JSON-RPC error {code()}</div>}
      </Show>
    </dd>
    <dt>Tool</dt>
    <dd>
      <A href={`/mcp/tools/${encodeURIComponent(`${props.of.server}_${props.of.tool}`)}`}>
        <code>{props.of.tool}</code>
      </A>{' '}
      of <A href={`/mcp/servers/${props.of.server}`}>{props.of.server}</A>
      <Show when={props.of.backend}> through {props.of.backend}</Show>
    </dd>
    <dt>Client</dt>
    <dd>
      {props.of.client ?? 'no client key'}, by {props.of.via} ({props.of.era})
    </dd>
    <dt>Began</dt>
    <dd>{exact(Date.parse(props.of.started_at))}</dd>
    <dt>Took</dt>
    <dd>
      {duration(props.of.duration_ms)}
      {props.of.cached ? ', from the cache' : ''}
    </dd>
    <dt>Size</dt>
    <dd>
      {bytes(props.of.request_bytes)} asked, {bytes(props.of.response_bytes)} answered
    </dd>
    <CopyFact name="Trace" text={props.of.trace_id} what="the trace's id" />
    <CopyFact name="Id" text={props.of.id} what="the call's id" />
  </dl>
);

export function CallDetails(props: {
  id: string;
  known: ToolCall | undefined;
  onClose: () => void;
}): JSX.Element {
  const read = ask(() => (props.known ? undefined : props.id), callOf);
  const call = () => props.known ?? read.value();
  return (
    <Dialog title="Call of a tool" onClose={props.onClose}>
      <Show
        when={call()}
        fallback={<p class="muted">{read.fault() ?? 'The call is being read…'}</p>}
      >
        {(one) => (
          <>
            <Facts of={one()} />
            <Bodies id={one().id} />
          </>
        )}
      </Show>
    </Dialog>
  );
}
