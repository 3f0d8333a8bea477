/** The last day in courses. */
import { createMemo, createSignal, type JSX } from 'solid-js';
import { Chart } from '../../design/Chart.tsx';
import { Segments } from '../../design/Field.tsx';
import { compact, duration, money } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { sumOf } from '../../live/selectors.ts';
import { now, world } from '../../live/store.ts';
import type { Span } from '../../live/world.ts';

const spansOf = {
  hour: { allMs: 3_600_000, stepMs: 60_000 },
  day: { allMs: 86_400_000, stepMs: 600_000 },
};

export function DayCharts(): JSX.Element {
  const [shown, setShown] = createSignal<keyof typeof spansOf>('hour');
  const minute = createMemo(() => Math.floor(now() / 60_000) * 60_000);
  /** Sums for each step, the empty ones too. */
  const steps = createMemo(() => {
    const { allMs, stepMs } = spansOf[shown()];
    const lastMs = Math.floor(minute() / stepMs) * stepMs;
    const groups = new Map<number, Span[]>();
    for (const span of world()?.minutes ?? []) {
      const startMs = Math.floor(span.startMs / stepMs) * stepMs;
      const group = groups.get(startMs);
      if (group) group.push(span);
      else groups.set(startMs, [span]);
    }
    return Array.from({ length: allMs / stepMs }, (_, index) => {
      const startMs = lastMs - (allMs / stepMs - 1 - index) * stepMs;
      return { startMs, ...sumOf(groups.get(startMs) ?? []) };
    });
  });
  const times = () => steps().map(({ startMs }) => startMs / 1_000);
  const per = () => (shown() === 'hour' ? 'a minute' : 'in ten minutes');
  return (
    <div class="cards">
      <Card
        class="w8"
        title={`Requests ${per()}`}
        beside={
          <Segments
            label="Span of the charts"
            value={shown()}
            onInput={(value) => setShown(value === 'day' ? 'day' : 'hour')}
            options={[
              { value: 'hour', text: 'Hour' },
              { value: 'day', text: 'Day' },
            ]}
          />
        }
      >
        <Chart
          label={`Requests ${per()}`}
          times={times()}
          format={compact}
          height={284}
          series={[
            { name: 'Requests', values: steps().map(({ requests }) => requests) },
            { name: 'Tool calls', values: steps().map(({ toolCalls }) => toolCalls) },
            { name: 'Failed', values: steps().map(({ failures }) => failures), colour: 4 },
          ]}
        />
      </Card>
      <div class="w4 stack">
        <Card title="Mean latency">
          <Chart
            label="Mean latency"
            times={times()}
            format={(ms) => (ms === 0 ? '0' : duration(ms))}
            height={86}
            series={[
              {
                name: 'Latency',
                values: steps().map(({ durationMs, requests }) =>
                  requests === 0 ? null : durationMs / requests,
                ),
              },
            ]}
          />
        </Card>
        <Card title="Cost">
          <Chart
            label="Cost"
            times={times()}
            format={money}
            height={86}
            series={[{ name: 'Cost', values: steps().map(({ costMicroUsd }) => costMicroUsd) }]}
          />
        </Card>
      </div>
    </div>
  );
}
