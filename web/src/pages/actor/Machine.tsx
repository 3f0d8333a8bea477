/** The machine of an actor with its state lit, and the way that led there. */
import { Show, type JSX } from 'solid-js';
import { Empty } from '../../design/Empty.tsx';
import { Card } from '../../design/Page.tsx';
import { StateMachine } from '../../design/StateMachine.tsx';
import { ask } from '../../live/ask.ts';
import { machineOf } from '../../live/commands.ts';
import type { Kind } from '../../live/fold/actors.ts';
import type { LastWay } from './past.ts';

type MachineProps = {
  kind: Kind;
  status: string;
  last: LastWay | undefined;
  /** Where a page has more than one. */
  title?: string | undefined;
};

export function Machine(props: MachineProps): JSX.Element {
  const machine = ask(() => props.kind, machineOf);
  return (
    <Card title={props.title ? `State machine of the ${props.title}` : 'State machine'} bare>
      <Show when={machine.value()} fallback={<Empty title="Loading">{machine.fault()}</Empty>}>
        {(drawn) => <StateMachine machine={drawn()} current={props.status} last={props.last} />}
      </Show>
    </Card>
  );
}
