/** One turn: the question, the answer, who gave it and for how much, and why there is none or only a part. */
import { A } from '@solidjs/router';
import { Match, Show, Switch, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Copy, IconButton } from '../../design/Button.tsx';
import { bytes, compact, duration, money } from '../../design/format.ts';
import { Ago } from '../../design/Time.tsx';
import { ask } from '../../live/ask.ts';
import { conversations, type Message, type TurnFacts } from '../../live/conversationCommands.ts';
import { causeInWords, endInWords, toneOfStatus } from '../../words/conversations.ts';
import { nameOfKey } from '../../words/requests.ts';
import { Parts } from './Parts.tsx';
import type { ShownTurn } from './turns.ts';

const textOf = (message: Message | undefined): string =>
  (message?.parts ?? [])
    .flatMap((part) => (part.type === 'text' ? [String(part['text'])] : []))
    .join('\n\n');

export const tookMs = ({ started_at: from, ended_at: to }: TurnFacts): number | null =>
  to === null ? null : Date.parse(to) - Date.parse(from);

const Facts = (props: { of: TurnFacts }): JSX.Element => (
  <p class="turn-facts num">
    <Show when={props.of.provider}>
      <A href={`/keys/${props.of.key_id}`} title={`Provider key ${props.of.key_id}`}>
        {props.of.provider} · {nameOfKey(props.of.key_id)}
      </A>
    </Show>
    <Show when={props.of.usage}>
      {(usage) => (
        <span title="Tokens of the question with all before it, and of the answer">
          {compact(usage().input_tokens)} in, {compact(usage().output_tokens)} out
        </span>
      )}
    </Show>
    <Show when={props.of.cost_micro_usd !== null}>
      <span>{money(props.of.cost_micro_usd ?? 0)}</span>
    </Show>
    <Show when={tookMs(props.of)}>{(ms) => <span>{duration(ms())}</span>}</Show>
    <Show when={endInWords(props.of.finish_reason)}>{(words) => <span>{words()}</span>}</Show>
    <Ago ms={Date.parse(props.of.started_at)} />
  </p>
);

const Failure = (props: { conversation: string; of: TurnFacts; isOwn: boolean }): JSX.Element => {
  const told = ask(
    () => (props.isOwn ? props.of.turn_id : undefined),
    (turn) => conversations.turn(props.conversation, turn),
  );
  return (
    <div class="notice bad" role="note">
      <span>
        <strong>{props.of.error}</strong> {told.value()?.error?.message}
      </span>
    </div>
  );
};

const Why = (props: { conversation: string; of: TurnFacts; isOwn: boolean }): JSX.Element => (
  <Switch>
    <Match when={props.of.status === 'failed'}>
      <Failure {...props} />
    </Match>
    <Match when={props.of.status === 'interrupted'}>
      <div class="notice rest" role="note">
        Interrupted. {causeInWords(props.of.error ?? '')} What had come of the answer is kept.
      </div>
    </Match>
  </Switch>
);

type TurnProps = {
  conversation: string;
  of: ShownTurn;
  isOwn: boolean;
  isCurrent: boolean;
  onFork: ((turn: number) => void) | undefined;
};

export const Question = (props: { children: JSX.Element; who: string }): JSX.Element => (
  <div class="turn-question" role="group" aria-label={props.who}>
    {props.children}
  </div>
);

export function Turn(props: TurnProps): JSX.Element {
  const answer = () => props.of.answer;
  const model = () => answer()?.model_used || props.of.facts?.model || 'The model';
  const hiddenBytes = () => props.of.facts?.question_bytes ?? 0;
  return (
    <article
      class="turn"
      id={`turn-${props.of.number}`}
      aria-label={`Turn ${props.of.number}`}
      tabIndex={-1}
      classList={{ current: props.isCurrent }}
    >
      <Show
        when={props.of.question}
        fallback={<p class="muted small">A question of {bytes(hiddenBytes())}, hidden.</p>}
      >
        {(question) => (
          <Question who="Question">
            <Parts of={question().parts} isPlain />
          </Question>
        )}
      </Show>
      <div class="turn-answer">
        <header class="row spread">
          <span class="row wrap">
            <strong>{model()}</strong>
            <Show when={props.of.status !== 'completed'}>
              <Badge status={props.of.status} tone={toneOfStatus(props.of.status)} />
            </Show>
            <Show when={!props.of.facts}>
              <span class="tag">taken over</span>
            </Show>
          </span>
          <span class="row turn-actions">
            <A
              class="num faint small"
              href={`?turn=${props.of.number}`}
              title="The conversation as it was after this turn"
            >
              Turn {props.of.number}
            </A>
            <Show when={props.onFork}>
              {(fork) => (
                <IconButton
                  slim
                  icon="route"
                  label={`Fork after turn ${props.of.number}`}
                  onClick={() => fork()(props.of.number)}
                />
              )}
            </Show>
            <Show when={textOf(answer())}>
              {(text) => <Copy text={text()} what="the answer" />}
            </Show>
          </span>
        </header>
        <Show when={answer()}>{(message) => <Parts of={message().parts} />}</Show>
        <Show when={props.of.facts}>
          {(facts) => (
            <>
              <Why conversation={props.conversation} of={facts()} isOwn={props.isOwn} />
              <Facts of={facts()} />
            </>
          )}
        </Show>
      </div>
    </article>
  );
}
