/** The attempts of a request: when each began, how long it took, how it ended. */
import { For, type JSX } from 'solid-js';
import { duration } from './format.ts';
import type { Tone } from './tones.ts';

export type Try = Readonly<{
  name: JSX.Element;
  startMs: number;
  durationMs: number;
  tone: Tone;
  text: string;
}>;

export const Waterfall = (props: {
  label: string;
  wholeMs: number;
  tries: readonly Try[];
}): JSX.Element => {
  const percent = (ms: number) => `${(100 * ms) / Math.max(1, props.wholeMs)}%`;
  return (
    <ol class="waterfall" aria-label={props.label}>
      <For each={props.tries}>
        {(one) => (
          <li class="try" title={one.text}>
            <span class="truncate">{one.name}</span>
            <svg role="img" aria-label={`${one.text}, ${duration(one.durationMs)}`}>
              <rect class="track" width="100%" height="18" rx="3" />
              <rect
                class={one.tone}
                x={percent(one.startMs)}
                width={percent(Math.max(one.durationMs, props.wholeMs / 200))}
                height="18"
                rx="3"
              />
            </svg>
            <span class="num small muted">{duration(one.durationMs)}</span>
          </li>
        )}
      </For>
    </ol>
  );
};
