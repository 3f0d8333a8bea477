/** The steps of an actor as a timeline, with what caused each. */
import { createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { eventName } from '../../design/format.ts';
import { Timeline, type Moment } from '../../design/Timeline.tsx';
import { wordOf, type Tone } from '../../design/tones.ts';
import type { Kind } from '../../live/fold/actors.ts';
import type { Step } from '../../live/history.ts';
import { Cause } from '../key/Cause.tsx';

type StepsProps = {
  label: string;
  kind: Kind;
  steps: readonly Step[];
  /** What is said of a step, beside its name. */
  textOf: (step: Step) => string | undefined;
  /** Of the state that a step leads to. */
  toneOf: (status: string) => Tone;
  /** Where there is no step. */
  empty: JSX.Element;
};

const page = 40;

export function Steps(props: StepsProps): JSX.Element {
  const [shown, setShown] = createSignal(page);
  const momentOf = (step: Step): Moment => ({
    id: String(step.event.sequence),
    tone: step.from === step.to ? 'idle' : props.toneOf(step.to),
    title:
      eventName(step.event.type, props.kind) +
      (step.from === step.to ? '' : ` → ${wordOf(step.to)}`),
    ms: step.event.time === null ? null : Date.parse(step.event.time),
    text: props.textOf(step),
    more: () => <Cause of={step.event} />,
  });
  return (
    <Show when={props.steps.length > 0} fallback={props.empty}>
      <Timeline label={props.label} moments={props.steps.slice(0, shown()).map(momentOf)} />
      <Show when={props.steps.length > shown()}>
        <Button onClick={() => setShown(shown() + page)}>Show more</Button>
      </Show>
    </Show>
  );
}
