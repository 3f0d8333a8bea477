/** The numbers of this minute. */
import type { JSX } from 'solid-js';
import { compact, count, duration, money, percent, perSecond } from '../../design/format.ts';
import { Figure } from '../../design/Page.tsx';
import { SparkLine } from '../../design/Spark.tsx';
import { sumOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';
import { course, latency, latencyCourse, minuteSum, watchedS } from './recent.ts';

const day = () => sumOf(world()?.minutes ?? []);

export const Figures = (): JSX.Element => (
  <div class="cards">
    <div class="w3">
      <Figure
        name="Requests"
        value={perSecond(minuteSum().requests / watchedS())}
        unit="/s"
        more={`${compact(day().requests)} in the last day`}
      >
        <SparkLine
          values={course(({ requests }) => requests)}
          label="Requests in each second of the last minute"
        />
      </Figure>
    </div>
    <div class="w3">
      <Figure
        name="Failed"
        value={percent(minuteSum().failures, minuteSum().requests)}
        more={`${count(day().failures)} in the last day, ${percent(day().failures, day().requests)}`}
      >
        <SparkLine
          values={course(({ failures }) => failures)}
          label="Failures in each second of the last minute"
        />
      </Figure>
    </div>
    <div class="w3">
      <Figure
        name="Latency, median"
        value={minuteSum().requests === 0 ? '–' : duration(latency().p50)}
        more={
          minuteSum().requests === 0
            ? 'no request this minute'
            : `95% within ${duration(latency().p95)}`
        }
      >
        <SparkLine
          values={latencyCourse()}
          label="Median latency in each second of the last minute"
        />
      </Figure>
    </div>
    <div class="w3">
      <Figure
        name="Tokens"
        value={compact(((minuteSum().inputTokens + minuteSum().outputTokens) * 60) / watchedS())}
        unit="/min"
        more={`${money(day().costMicroUsd)} in the last day`}
      >
        <SparkLine
          values={course(({ inputTokens, outputTokens }) => inputTokens + outputTokens)}
          label="Tokens in each second of the last minute"
        />
      </Figure>
    </div>
  </div>
);
