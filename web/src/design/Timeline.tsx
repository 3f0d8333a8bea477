/** What happened, newest first. */
import { For, Show, type JSX } from 'solid-js';
import { Shape } from './Badge.tsx';
import { Ago } from './Time.tsx';
import type { Tone } from './tones.ts';

export type Moment = Readonly<{
  id: string;
  tone: Tone;
  title: string;
  ms: number | null;
  text?: string | undefined;
  /** Drawn under it when it is opened. */
  more?: (() => JSX.Element) | undefined;
}>;

export const Timeline = (props: { label: string; moments: readonly Moment[] }): JSX.Element => (
  <ol class="timeline" aria-label={props.label}>
    <For each={props.moments}>
      {(moment) => (
        <li>
          <span class={`mark tone-${moment.tone}`}>
            <Shape tone={moment.tone} />
          </span>
          <div class="moment">
            <div class="row spread">
              <strong>{moment.title}</strong>
              <span class="muted small">
                <Show when={moment.ms}>{(ms) => <Ago ms={ms()} />}</Show>
              </span>
            </div>
            <Show when={moment.text}>
              <p class="muted small">{moment.text}</p>
            </Show>
            {moment.more?.()}
          </div>
        </li>
      )}
    </For>
  </ol>
);
