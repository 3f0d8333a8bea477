/** How an actor came to its state: its machine, and its history as a timeline. */
import type { JSX } from 'solid-js';
import { Card } from '../../design/Page.tsx';
import { toneOf } from '../../design/tones.ts';
import type { Kind } from '../../live/fold/actors.ts';
import type { Step } from '../../live/history.ts';
import { Machine } from './Machine.tsx';
import { pastOf, type Past } from './past.ts';
import { Steps } from './Steps.tsx';

type Of = {
  kind: Kind;
  id: string;
  /** What is said of a step, beside its name. */
  textOf: (step: Step) => string | undefined;
  /** Where a page has more than one. */
  title?: string;
};

export function ActorHistory(props: Of & { status: string }): JSX.Element {
  const past = pastOf(
    () => props.kind,
    () => props.id,
  );
  return (
    <>
      <Machine kind={props.kind} status={props.status} last={past.last()} title={props.title} />
      <Card title={props.title ? `History of the ${props.title}` : 'History'}>
        <Told {...props} past={past} />
      </Card>
    </>
  );
}

/** The timeline alone, without a card around it. */
export function ActorSteps(props: Of): JSX.Element {
  const past = pastOf(
    () => props.kind,
    () => props.id,
  );
  return <Told {...props} past={past} />;
}

const Told = (props: Of & { past: Past }): JSX.Element => (
  <Steps
    label={`History of this ${props.title ?? props.kind.replaceAll('-', ' ')}`}
    kind={props.kind}
    steps={props.past.steps()}
    textOf={props.textOf}
    toneOf={toneOf}
    empty={
      <p class="muted">
        {props.past.fault() ??
          (props.past.isWaiting() ? 'Its history is being read…' : 'Nothing has happened yet.')}
      </p>
    }
  />
);
