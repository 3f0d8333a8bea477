/** The machine of a key with its state lit, and its history as a timeline with what caused each step. */
import { createMemo, createSignal, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { eventName } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { StateMachine } from '../../design/StateMachine.tsx';
import { Timeline, type Moment } from '../../design/Timeline.tsx';
import type { Tone } from '../../design/tones.ts';
import { ask } from '../../live/ask.ts';
import { historyOf, machineOf } from '../../live/commands.ts';
import { stepsOf, type Step } from '../../live/history.ts';
import { world } from '../../live/store.ts';
import { keyCauses } from '../../words/causes.ts';
import { ruleInWords } from '../../words/rules.ts';
import type { Key } from '../keys/keyRows.ts';
import { Cause } from './Cause.tsx';

const kind = 'provider-key';

const tones: Readonly<Record<string, Tone>> = {
  healthy: 'good',
  resting: 'rest',
  disabled: 'bad',
};

function textOf({ event }: Step): string | undefined {
  const data = event.data ?? {};
  const rule = data['rule_id'];
  const parts = [
    typeof data['model'] === 'string' ? data['model'] : undefined,
    typeof rule === 'string' ? ruleInWords(rule) : undefined,
    typeof data['reason'] === 'string' ? `“${data['reason']}”` : undefined,
    typeof data['cause'] === 'string' ? (keyCauses[data['cause']] ?? data['cause']) : undefined,
    typeof data['name'] === 'string' && event.type === 'ProviderKeyRenamed'
      ? data['name']
      : undefined,
    typeof data['weight'] === 'number' && event.type === 'ProviderKeyReweighted'
      ? `weight ${data['weight']}`
      : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' · ');
}

const momentOf = (step: Step): Moment => ({
  id: String(step.event.sequence),
  tone: step.from === step.to ? 'idle' : (tones[step.to] ?? 'idle'),
  title: eventName(step.event.type, kind) + (step.from === step.to ? '' : ` → ${step.to}`),
  ms: step.event.time === null ? null : Date.parse(step.event.time),
  text: textOf(step),
  more: () => <Cause of={step.event} />,
});

const page = 40;

export function History(props: { of: Key }): JSX.Element {
  const [shown, setShown] = createSignal(page);
  const machine = ask(() => kind, machineOf);
  const id = createMemo(() => props.of.id);
  const old = ask(id, (one) => historyOf(kind, one));
  /** What was read once, and what came since by the live stream. */
  const steps = createMemo(() =>
    stepsOf(kind, id(), old.value()?.data ?? [], world()?.transitions ?? []),
  );
  const last = createMemo(() => {
    const step = steps().find(({ from, to }) => from !== to);
    return step && { from: step.from, type: step.event.type };
  });
  return (
    <div class="w8 stack">
      <Card title="State machine" bare>
        <Show when={machine.value()} fallback={<Empty title="Loading">{machine.fault()}</Empty>}>
          {(drawn) => <StateMachine machine={drawn()} current={props.of.status} last={last()} />}
        </Show>
      </Card>
      <Card title="History">
        <Show
          when={steps().length > 0}
          fallback={<Empty title={old.fault() ? 'No history' : 'Loading'}>{old.fault()}</Empty>}
        >
          <Timeline label="History of this key" moments={steps().slice(0, shown()).map(momentOf)} />
          <Show when={steps().length > shown()}>
            <Button onClick={() => setShown(shown() + page)}>Show more</Button>
          </Show>
        </Show>
      </Card>
    </div>
  );
}
