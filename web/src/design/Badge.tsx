/** A status by colour, shape and word: none of them is needed to read the other two. */
import type { JSX } from 'solid-js';
import { toneOf, wordOf, type Tone } from './tones.ts';

const shapes: Readonly<Record<Tone, () => JSX.Element>> = {
  good: () => <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  rest: () => <path d="M3.25 2h2v8h-2zM6.75 2h2v8h-2z" fill="currentColor" />,
  bad: () => <path d="M6 .8 11.2 6 6 11.2.8 6z" fill="currentColor" />,
  busy: () => (
    <circle
      cx="6"
      cy="6"
      r="4"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-dasharray="3.14 2.2"
    />
  ),
  idle: () => (
    <path
      d="M6 1.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM3 9l6-6"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
    />
  ),
};

export const Shape = (props: { tone: Tone }): JSX.Element => (
  <svg viewBox="0 0 12 12" aria-hidden="true">
    {shapes[props.tone]()}
  </svg>
);

type BadgeProps = { status: string; tone?: Tone | undefined; children?: JSX.Element };

export const Badge = (props: BadgeProps): JSX.Element => {
  const tone = () => props.tone ?? toneOf(props.status);
  return (
    <span class={`badge ${tone()}`}>
      <Shape tone={tone()} />
      <span>{props.children ?? wordOf(props.status)}</span>
    </span>
  );
};
