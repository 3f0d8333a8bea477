/** The turns in numbers: also of a conversation that is not read here. */
import { A } from '@solidjs/router';
import { For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Empty } from '../../design/Empty.tsx';
import { bytes, count, duration, money } from '../../design/format.ts';
import { PlainTable } from '../../design/PlainTable.tsx';
import { Ago } from '../../design/Time.tsx';
import type { Conversation } from '../../live/conversationCommands.ts';
import { causeInWords, statusInWords, toneOfStatus } from '../../words/conversations.ts';
import { nameOfKey } from '../../words/requests.ts';
import { tookMs } from './Turn.tsx';

const heads = [
  'Turn',
  'State',
  'Model',
  'Provider key',
  ...['In', 'Out', 'Said', 'Cost', 'Time', 'Began'].map((right) => ({ right })),
];

export const TurnTable = (props: { of: Conversation }): JSX.Element => (
  <Show
    when={props.of.turns.length > 0}
    fallback={
      <Empty title="No turn of its own yet">
        <Show when={props.of.forked_from} fallback="Say something to begin the first.">
          Those it began with are counted where they were first asked.
        </Show>
      </Empty>
    }
  >
    <PlainTable label="Turns" heads={heads}>
      <For each={props.of.turns}>
        {(turn) => (
          <tr>
            <td class="num">
              <A href={`?turn=${turn.turn}`}>{turn.turn}</A>
            </td>
            <td title={turn.error === null ? undefined : causeInWords(turn.error)}>
              <Badge status={turn.status} tone={toneOfStatus(turn.status)}>
                {statusInWords(turn.status)}
              </Badge>
            </td>
            <td>{turn.model || '–'}</td>
            <td>
              <Show when={turn.key_id} fallback="–">
                <A href={`/keys/${turn.key_id}`}>{nameOfKey(turn.key_id)}</A>
              </Show>
            </td>
            <td class="right num">{turn.usage ? count(turn.usage.input_tokens) : '–'}</td>
            <td class="right num">{turn.usage ? count(turn.usage.output_tokens) : '–'}</td>
            <td class="right num">{bytes(turn.question_bytes + (turn.answer_bytes ?? 0))}</td>
            <td class="right num">
              {turn.cost_micro_usd === null ? '–' : money(turn.cost_micro_usd)}
            </td>
            <td class="right num">{tookMs(turn) === null ? '–' : duration(tookMs(turn) ?? 0)}</td>
            <td class="right">
              <Ago ms={Date.parse(turn.started_at)} />
            </td>
          </tr>
        )}
      </For>
    </PlainTable>
  </Show>
);
