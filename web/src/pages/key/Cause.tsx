/** Who or what caused an event: an operator, a start, or a request with its attempts. */
import { A } from '@solidjs/router';
import { createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { duration, exact } from '../../design/format.ts';
import { Waterfall } from '../../design/Waterfall.tsx';
import type { Tone } from '../../design/tones.ts';
import { ask } from '../../live/ask.ts';
import { requestOf } from '../../live/commands.ts';
import type { Event, Request } from '../../live/world.ts';
import { ruleInWords } from '../../words/rules.ts';

const who: Readonly<Record<string, string>> = {
  operator: 'an operator',
  client: 'a client',
  gateway: 'the gateway',
  environment: 'the environment',
  file: 'a file',
};

const toneOf = (verdict: string): Tone => {
  if (verdict === 'ok') return 'good';
  return verdict === 'caller' || verdict === 'cancelled' ? 'idle' : 'bad';
};

export const triesOf = ({ attempts }: Request) =>
  attempts.map((one) => ({
    name: `${one.provider}${one.key_id === null ? '' : ` · ${one.key_id}`}`,
    startMs: one.started_ms,
    durationMs: one.duration_ms,
    tone: toneOf(one.verdict),
    text: `${one.status ?? 'no answer'} · ${ruleInWords(one.rule_id)}`,
  }));

export function Cause(props: { of: Event }): JSX.Element {
  const [isOpen, setOpen] = createSignal(false);
  const asked = ask(
    () => (isOpen() ? (props.of.correlation_id ?? undefined) : undefined),
    requestOf,
  );
  return (
    <details class="small" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="muted">Caused by {who[props.of.by?.kind ?? ''] ?? 'nobody known'}</summary>
      <div class="cause stack">
        <Show when={props.of.time}>
          {(time) => <div class="muted">{exact(Date.parse(time()))}</div>}
        </Show>
        <div class="muted">
          Event {props.of.sequence}, by <code>{props.of.by?.id}</code>
        </div>
        <Switch fallback={<div class="muted">Looking for the request…</div>}>
          <Match when={asked.value()}>
            {(request) => (
              <>
                <div>
                  <A href={`/requests/${request().id}`}>{request().method}</A>{' '}
                  <code>{request().route}</code> · {request().model ?? 'no model'} · HTTP{' '}
                  {request().status} · {duration(request().duration_ms)}
                </div>
                <Waterfall
                  label="Attempts of the request"
                  wholeMs={request().duration_ms}
                  tries={triesOf(request())}
                />
              </>
            )}
          </Match>
          <Match when={asked.fault()}>
            <div class="muted">No request of a client led to it.</div>
          </Match>
        </Switch>
      </div>
    </details>
  );
}
