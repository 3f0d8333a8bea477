/** The events on both sides of the place in the log: each leads to it. */
import { A } from '@solidjs/router';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Shape } from '../../design/Badge.tsx';
import { count, eventName } from '../../design/format.ts';
import { Clock } from '../../design/Time.tsx';
import type { Event } from '../../live/world.ts';
import { kindInWords } from '../../words/actors.ts';
import { gistOf, nameOfActor, toneOfEvent } from '../../words/events.ts';

type AroundProps = {
  at: number;
  events: readonly Event[];
  fault: string | undefined;
  hrefAt: (sequence: number) => string;
};

export function Around(props: AroundProps): JSX.Element {
  const newestFirst = createMemo(() => props.events.toReversed());
  return (
    <section class="card around" aria-label="Events around this moment">
      <header>
        <h2>Around this moment</h2>
      </header>
      <Show when={props.fault}>{(fault) => <p class="muted body">{fault()}</p>}</Show>
      <ol>
        <For each={newestFirst()}>
          {(event) => (
            <li
              classList={{ at: event.sequence === props.at, ahead: event.sequence > props.at }}
              aria-current={event.sequence === props.at ? 'step' : undefined}
            >
              <A href={props.hrefAt(event.sequence)} noScroll replace>
                <span class={`mark tone-${toneOfEvent(event)}`}>
                  <Shape tone={toneOfEvent(event)} />
                </span>
                <span class="grow">
                  <span class="row spread">
                    <strong class="truncate">{eventName(event.type, event.kind)}</strong>
                    <span class="muted small num">
                      <Show when={event.time}>{(time) => <Clock ms={Date.parse(time())} />}</Show>
                    </span>
                  </span>
                  <span class="muted small truncate line-of">
                    {count(event.sequence)} · {kindInWords(event.kind)}{' '}
                    {nameOfActor(event.kind, event.actor_id)}
                    {gistOf(event) && ` · ${gistOf(event)}`}
                  </span>
                </span>
              </A>
            </li>
          )}
        </For>
      </ol>
    </section>
  );
}
