/** The turns one after the other, and the answer that comes. Stays at the end while that is in sight. */
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  on,
  onCleanup,
  onMount,
  Show,
  type JSX,
} from 'solid-js';
import type { Conversation } from '../../live/conversationCommands.ts';
import { isOwn, type Running } from '../../live/talk.ts';
import { useKeys } from '../../shell/keys.ts';
import { Markdown } from '../../design/Markdown.tsx';
import { Answering } from './Answering.tsx';
import { Turn } from './Turn.tsx';
import { keeping, turnsOf, type ShownTurn } from './turns.ts';

type ThreadProps = {
  of: Conversation;
  running: Running | undefined;
  onFork: ((turn: number) => void) | undefined;
  /** Read from its beginning: nothing comes. */
  isPast?: boolean;
};

/** Nearer than this to the end, the end is in sight. */
const nearPx = 160;

export function Thread(props: ThreadProps): JSX.Element {
  const [current, setCurrent] = createSignal<number>();
  const runningId = () => props.running?.told.turnId ?? '';
  const all = createMemo(
    (before: ReadonlyMap<number, ShownTurn>) => keeping(before, turnsOf(props.of)),
    new Map(),
  );
  const numbers = createMemo(() =>
    [...all().values()].filter(({ id }) => id !== runningId()).map(({ number }) => number),
  );
  const step = (by: number) => {
    const list = numbers();
    const at = list.indexOf(current() ?? -1);
    const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by];
    if (next === undefined) return;
    setCurrent(next);
    document.querySelector(`#turn-${next}`)?.scrollIntoView({ block: 'center' });
  };
  useKeys({ j: () => step(1), k: () => step(-1) });

  let isAtEnd = true;
  const root = document.documentElement;
  const look = () => {
    isAtEnd = root.scrollHeight - root.clientHeight - root.scrollTop < nearPx;
  };
  const toEnd = () => {
    if (isAtEnd && !props.isPast) root.scrollTop = root.scrollHeight;
  };
  onMount(() => {
    document.addEventListener('scroll', look, { passive: true });
    onCleanup(() => document.removeEventListener('scroll', look));
    requestAnimationFrame(toEnd);
  });
  createEffect(
    on([() => props.running?.told, numbers], () => requestAnimationFrame(toEnd), { defer: true }),
  );

  return (
    <div class="thread">
      <Show when={props.of.system_prompt}>
        {(text) => (
          <details class="fold">
            <summary>System prompt</summary>
            <Markdown text={text()} />
          </details>
        )}
      </Show>
      <For each={numbers()}>
        {(number) => (
          <Show when={all().get(number)}>
            {(turn) => (
              <Turn
                conversation={props.of.id}
                of={turn()}
                isOwn={isOwn(props.of)}
                isCurrent={current() === number}
                onFork={turn().status === 'running' ? undefined : props.onFork}
              />
            )}
          </Show>
        )}
      </For>
      <Show when={props.running}>
        {(running) => (
          <Answering
            of={running()}
            question={[...all().values()].find(({ id }) => id === runningId())?.question?.parts}
          />
        )}
      </Show>
    </div>
  );
}
