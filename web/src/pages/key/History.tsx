/** The machine of a key with its state lit, and its history as a timeline with what caused each step. */
import type { JSX } from 'solid-js';
import { Empty } from '../../design/Empty.tsx';
import { Card } from '../../design/Page.tsx';
import type { Tone } from '../../design/tones.ts';
import type { Step } from '../../live/history.ts';
import { keyCauses } from '../../words/causes.ts';
import { ruleInWords } from '../../words/rules.ts';
import { Machine } from '../actor/Machine.tsx';
import { pastOf } from '../actor/past.ts';
import { Steps } from '../actor/Steps.tsx';
import { inOneLine, quoted, textIn } from '../actor/stepText.ts';
import type { Key } from '../keys/keyRows.ts';

const kind = 'provider-key';

/** A key that is disabled wants somebody: elsewhere that is no fault. */
const tones: Readonly<Record<string, Tone>> = {
  healthy: 'good',
  resting: 'rest',
  disabled: 'bad',
};

function textOf(step: Step): string | undefined {
  const [rule, cause] = [textIn(step, 'rule_id'), textIn(step, 'cause')];
  const weight = step.event.data?.['weight'];
  return inOneLine([
    textIn(step, 'model'),
    rule === undefined ? undefined : ruleInWords(rule),
    quoted(textIn(step, 'reason')),
    cause === undefined ? undefined : (keyCauses[cause] ?? cause),
    step.event.type === 'ProviderKeyRenamed' ? textIn(step, 'name') : undefined,
    step.event.type === 'ProviderKeyReweighted' && typeof weight === 'number'
      ? `weight ${weight}`
      : undefined,
  ]);
}

export function History(props: { of: Key }): JSX.Element {
  const past = pastOf(
    () => kind,
    () => props.of.id,
  );
  return (
    <div class="w8 stack">
      <Machine kind={kind} status={props.of.status} last={past.last()} />
      <Card title="History">
        <Steps
          label="History of this key"
          kind={kind}
          steps={past.steps()}
          textOf={textOf}
          toneOf={(status) => tones[status] ?? 'idle'}
          empty={<Empty title={past.fault() ? 'No history' : 'Loading'}>{past.fault()}</Empty>}
        />
      </Card>
    </div>
  );
}
