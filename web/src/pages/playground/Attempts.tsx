/** Who answered: the key, and every attempt before it, as the gateway recorded the request. */
import { A } from '@solidjs/router';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Copy } from '../../design/Button.tsx';
import { count, duration, money } from '../../design/format.ts';
import { Waterfall } from '../../design/Waterfall.tsx';
import { ask } from '../../live/ask.ts';
import { requestOf } from '../../live/commands.ts';
import { requestIdOf, type Exchange } from '../../live/exchange.ts';
import { actorOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';
import type { Request } from '../../live/world.ts';
import { ruleInWords } from '../../words/rules.ts';
import { triesOf } from '../key/Cause.tsx';

/** The stream is quicker; under much traffic it leaves single requests out. */
const patienceMs = 1_500;
const streamed = (id: string) => world()?.requests.find((one) => one.id === id);

async function recordOf(id: string): Promise<Request> {
  await new Promise((resolve) => setTimeout(resolve, patienceMs));
  return streamed(id) ?? requestOf(id);
}

export function Attempts(props: { of: Exchange }): JSX.Element {
  const id = createMemo(() => requestIdOf(props.of));
  const live = createMemo(() => {
    const own = id();
    return own === undefined ? undefined : streamed(own);
  });
  const read = ask(() => (props.of.endMs !== null && !live() ? id() : undefined), recordOf);
  const request = () => {
    const found = live() ?? read.value();
    return found?.id === id() ? found : undefined;
  };
  return (
    <Show
      when={request()}
      fallback={
        <p class="muted">
          {id() === undefined && props.of.endMs !== null
            ? 'The gateway took it for no request to a model: nothing was recorded.'
            : (read.fault() ?? 'Recorded as soon as it has ended…')}
        </p>
      }
    >
      {(of) => <Record of={of()} />}
    </Show>
  );
}

const tokens = (value: number | null): string => (value === null ? 'not told' : count(value));

const Record = (props: { of: Request }): JSX.Element => {
  const keyName = (id: string) => actorOf('provider-key', id)?.context.name ?? id;
  return (
    <div class="stack">
      <dl class="facts">
        <dt>Outcome</dt>
        <dd>
          <Badge status={props.of.outcome} />
        </dd>
        <dt>Answered by</dt>
        <dd>
          <Show when={props.of.provider} fallback="nobody">
            {(provider) => <A href={`/providers/${provider()}`}>{provider()}</A>}
          </Show>
          <Show when={props.of.key_id}>
            {(key) => (
              <>
                {', with the key '}
                <A href={`/keys/${key()}`}>{keyName(key())}</A>
              </>
            )}
          </Show>
        </dd>
        <dt>Tokens</dt>
        <dd>
          {props.of.input_tokens === null && props.of.output_tokens === null
            ? 'not told'
            : `${tokens(props.of.input_tokens)} in, ${tokens(props.of.output_tokens)} out`}
        </dd>
        <dt>Cost</dt>
        <dd>{props.of.cost_micro_usd === null ? 'unknown' : money(props.of.cost_micro_usd)}</dd>
        <dt>In the gateway</dt>
        <dd>{duration(props.of.duration_ms)}</dd>
        <dt>Request id</dt>
        <dd class="row">
          <A class="mono truncate" href={`/requests/${props.of.id}`}>
            {props.of.id}
          </A>
          <Copy text={props.of.id} what="the request's id" />
        </dd>
      </dl>
      <Waterfall
        label="Attempts of the request"
        wholeMs={props.of.duration_ms}
        tries={triesOf(props.of)}
      />
      <ol class="stack">
        <For each={props.of.attempts}>
          {(attempt, index) => (
            <li class="small">
              {index() + 1}. {attempt.provider}, <code>{attempt.model}</code>:{' '}
              {attempt.status ?? 'no answer'}, {ruleInWords(attempt.rule_id || attempt.verdict)}
              <Show when={attempt.error}>
                <span class="muted"> “{attempt.error}”</span>
              </Show>
            </li>
          )}
        </For>
      </ol>
    </div>
  );
};
