/** What happened to a conversation, newest first: each moment leads to what it was then. */
import { A } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { eventName } from '../../design/format.ts';
import { Timeline, type Moment } from '../../design/Timeline.tsx';
import { ask } from '../../live/ask.ts';
import { historyOf } from '../../live/commands.ts';
import { newestOf } from '../../live/conversationNews.ts';
import type { Event } from '../../live/world.ts';
import { causeInWords } from '../../words/conversations.ts';
import { makerInWords } from '../../words/events.ts';
import type { Tone } from '../../design/tones.ts';

const tones: Readonly<Record<string, Tone>> = {
  TurnCompleted: 'good',
  TurnFailed: 'bad',
  TurnInterrupted: 'rest',
  ConversationErased: 'bad',
  ConversationArchived: 'idle',
};
const shownAtMost = 1_000;

const text = (event: Event, name: string): string => {
  const value = event.data?.[name];
  return typeof value === 'string' ? value : '';
};

function gist(event: Event): string {
  const number = event.data?.['number'];
  return [
    typeof number === 'number' ? `Turn ${number}` : '',
    text(event, 'model'),
    text(event, 'code'),
    causeInWords(text(event, 'cause')),
    event.by ? `by ${makerInWords(event.by.kind).toLowerCase()} ${event.by.id}`.trim() : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

export function History(props: { id: string }): JSX.Element {
  const asked = ask(
    () => `${props.id} ${newestOf(props.id)}`,
    () => historyOf('conversation', props.id, shownAtMost),
  );
  const moments = (): readonly Moment[] =>
    (asked.value()?.data ?? [])
      .filter(({ type }) => type !== 'TurnProgressed')
      .map((event) => ({
        id: String(event.sequence),
        tone: tones[event.type] ?? 'busy',
        title: eventName(event.type, 'conversation'),
        ms: event.time === null ? null : Date.parse(event.time),
        text: gist(event),
        more: () => (
          <A class="small" href={`?at=${event.sequence}`}>
            As it was then
          </A>
        ),
      }));
  return (
    <Show when={!asked.fault()} fallback={<p class="muted">{asked.fault()}</p>}>
      <Timeline label="History of this conversation" moments={moments()} />
    </Show>
  );
}
