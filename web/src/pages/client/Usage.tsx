/** What a client used in the last thirty days, and its newest requests. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Chart } from '../../design/Chart.tsx';
import { compact, count, dayShort, money } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { PlainTable } from '../../design/PlainTable.tsx';
import { ask } from '../../live/ask.ts';
import { usageOf } from '../../live/clientKeyCommands.ts';
import { NewestRequests } from '../actor/NewestRequests.tsx';
import { byDay, firstDay, shownDays } from '../clients/usage.ts';

const models = 12;

const Nothing = (props: { fault: string | undefined; text: string }): JSX.Element => (
  <p class="muted">{props.fault ?? props.text}</p>
);

export function Usage(props: { client: string }): JSX.Element {
  const client = createMemo(() => props.client);
  const days = ask(client, (one) => usageOf('day', firstDay(), one));
  const byModel = ask(client, (one) => usageOf('model', firstDay(), one));
  const steps = createMemo(() => byDay(days.value()?.data ?? []));
  const totals = () => days.value()?.totals;
  const most = createMemo(() =>
    (byModel.value()?.data ?? [])
      .filter(({ requests }) => requests > 0)
      .toSorted((one, other) => other.requests - one.requests)
      .slice(0, models),
  );
  return (
    <>
      <Card
        title={`Last ${shownDays} days`}
        beside={
          <Show when={totals()}>
            {(sum) => (
              <span class="muted small num">
                {count(sum().requests)} requests ·{' '}
                {compact(sum().input_tokens + sum().output_tokens)} tokens ·{' '}
                {count(sum().tool_calls)} tool calls · {money(sum().cost_micro_usd)}
              </span>
            )}
          </Show>
        }
      >
        <Chart
          label="Requests a day"
          times={steps().map(({ startMs }) => startMs / 1_000)}
          format={compact}
          formatTime={dayShort}
          height={170}
          series={[
            { name: 'Requests', values: steps().map(({ row }) => row?.requests ?? 0) },
            { name: 'Tool calls', values: steps().map(({ row }) => row?.tool_calls ?? 0) },
            { name: 'Failed', values: steps().map(({ row }) => row?.failures ?? 0), colour: 4 },
          ]}
        />
      </Card>
      <Card title="By model" bare>
        <Show
          when={most().length > 0}
          fallback={
            <div class="body">
              <Nothing
                fault={byModel.fault()}
                text={byModel.isWaiting() ? 'Being summed up…' : 'It has asked no model yet.'}
              />
            </div>
          }
        >
          <PlainTable
            label="Usage by model"
            heads={[
              'Model',
              { right: 'Requests' },
              { right: 'Failed' },
              { right: 'Tokens in' },
              { right: 'Tokens out' },
              { right: 'Cost' },
            ]}
          >
            <For each={most()}>
              {(row) => (
                <tr>
                  <td class="mono">{row.model ?? 'none'}</td>
                  <td class="right">{count(row.requests)}</td>
                  <td class="right">{count(row.failures)}</td>
                  <td class="right">{compact(row.input_tokens)}</td>
                  <td class="right">{compact(row.output_tokens)}</td>
                  <td class="right">
                    {row.unpriced === row.requests ? 'unknown' : money(row.cost_micro_usd)}
                  </td>
                </tr>
              )}
            </For>
          </PlainTable>
        </Show>
      </Card>
      <NewestRequests fits={(one) => one.client === client()} />
    </>
  );
}
