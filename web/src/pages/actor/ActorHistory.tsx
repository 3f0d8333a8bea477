/** The machine of an actor with its state lit, and its history as a timeline with what caused each step. */
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { eventName } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { StateMachine } from '../../design/StateMachine.tsx';
import { Timeline, type Moment } from '../../design/Timeline.tsx';
import { toneOf, wordOf } from '../../design/tones.ts';
import { ask } from '../../live/ask.ts';
import { historyOf, machineOf } from '../../live/commands.ts';
import type { Kind } from '../../live/fold/actors.ts';
import { stepsOf, type Step } from '../../live/history.ts';
import { world } from '../../live/store.ts';
import { Cause } from '../key/Cause.tsx';

type Of = {
  kind: Kind;
  id: string;
  status: string;
  /** What is said of a step, beside its name. */
  textOf: (step: Step) => string | undefined;
  title?: string;
  /** A machine with one state tells nothing. */
  withoutMachine?: boolean;
  /** Where it is shown elsewhere. */
  withoutHistory?: boolean;
  /** Inside of a card. */
  isBare?: boolean;
};

const page = 40;

export function ActorHistory(props: Of): JSX.Element {
  const [shown, setShown] = createSignal(page);
  const machine = ask(() => (props.withoutMachine ? undefined : props.kind), machineOf);
  const who = createMemo(() => ({ kind: props.kind, id: props.id }), undefined, {
    equals: (one, other) => one.kind === other.kind && one.id === other.id,
  });
  const old = ask(who, ({ kind, id }) => historyOf(kind, id));
  /** What was read once, and what came since by the live stream. */
  const steps = createMemo(() =>
    stepsOf(who().kind, who().id, old.value()?.data ?? [], world()?.transitions ?? []),
  );
  const last = createMemo(() => {
    const step = steps().find(({ from, to }) => from !== to);
    return step && { from: step.from, type: step.event.type };
  });
  const momentOf = (step: Step): Moment => ({
    id: String(step.event.sequence),
    tone: step.from === step.to ? 'idle' : toneOf(step.to),
    title:
      eventName(step.event.type, props.kind) +
      (step.from === step.to ? '' : ` → ${wordOf(step.to)}`),
    ms: step.event.time === null ? null : Date.parse(step.event.time),
    text: props.textOf(step),
    more: () => <Cause of={step.event} />,
  });
  return (
    <>
      <Show when={!props.withoutMachine}>
        <Card title={props.title ? `State machine of the ${props.title}` : 'State machine'} bare>
          <Show when={machine.value()} fallback={<Empty title="Loading">{machine.fault()}</Empty>}>
            {(drawn) => <StateMachine machine={drawn()} current={props.status} last={last()} />}
          </Show>
        </Card>
      </Show>
      <Show when={!props.withoutHistory}>
        <Around title={props.isBare ? undefined : 'History'} of={props.title}>
          <Show
            when={steps().length > 0}
            fallback={<NoSteps isWaiting={old.isWaiting()} fault={old.fault()} />}
          >
            <Timeline
              label={`History of this ${props.title ?? props.kind.replaceAll('-', ' ')}`}
              moments={steps().slice(0, shown()).map(momentOf)}
            />
            <Show when={steps().length > shown()}>
              <Button onClick={() => setShown(shown() + page)}>Show more</Button>
            </Show>
          </Show>
        </Around>
      </Show>
    </>
  );
}

type AroundProps = { title: string | undefined; of: string | undefined; children: JSX.Element };

const Around = (props: AroundProps): JSX.Element => (
  <Show when={props.title} fallback={props.children}>
    {(title) => (
      <Card title={props.of ? `${title()} of the ${props.of}` : title()}>{props.children}</Card>
    )}
  </Show>
);

const NoSteps = (props: { isWaiting: boolean; fault: string | undefined }): JSX.Element => (
  <p class="muted">
    {props.fault ?? (props.isWaiting ? 'Its history is being read…' : 'Nothing has happened yet.')}
  </p>
);
