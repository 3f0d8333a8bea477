/** The conversation in numbers, in a line. */
import { A } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Copy } from '../../design/Button.tsx';
import { compact, count, money } from '../../design/format.ts';
import { Ago } from '../../design/Time.tsx';
import type { Conversation } from '../../live/conversationCommands.ts';

const Fact = (props: { name: string; children: JSX.Element }): JSX.Element => (
  <div>
    <dt>{props.name}</dt>
    <dd>{props.children}</dd>
  </div>
);

export const About = (props: { of: Conversation }): JSX.Element => (
  <dl class="card strip" aria-label="About this conversation">
    <Fact name="Owner">{props.of.owner || 'no client key'}</Fact>
    <Fact name="Model">
      <Show when={props.of.model} fallback={<span class="muted">the gateway’s own</span>}>
        {props.of.model}
      </Show>
    </Fact>
    <Fact name="Turns">{count(props.of.turn_count)}</Fact>
    <Fact name="Tokens">
      {compact(props.of.usage.input_tokens)} in, {compact(props.of.usage.output_tokens)} out
    </Fact>
    <Fact name="Cost">{money(props.of.cost_micro_usd)}</Fact>
    <Fact name="Begun">
      <Ago ms={Date.parse(props.of.created_at)} />
    </Fact>
    <Show when={props.of.forked_from}>
      {(from) => (
        <Fact name="Forked from">
          <A href={`/conversations/${from().id}?turn=${from().turn}`}>
            turn {from().turn} of another
          </A>
        </Fact>
      )}
    </Show>
    <Fact name="Id">
      <span class="row">
        <code class="truncate">{props.of.id.slice(0, 13)}…</code>
        <Copy text={props.of.id} what="the conversation’s id" />
      </span>
    </Fact>
  </dl>
);
