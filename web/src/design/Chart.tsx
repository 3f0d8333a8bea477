/** Courses over time, drawn by uPlot, which is loaded with the first of them. */
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  onCleanup,
  onMount,
  type JSX,
} from 'solid-js';
import type uPlot from 'uplot';
import { theme } from '../shell/theme.ts';
import { clockShort } from './format.ts';

export type Series = Readonly<{
  name: string;
  values: readonly (number | null)[];
  /** Of the tokens `--series-1` to `-4`; by its place otherwise. */
  colour?: 1 | 2 | 3 | 4;
}>;
type ChartProps = {
  label: string;
  /** Epoch seconds, ascending. */
  times: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
  /** Of the axis; the time of the day otherwise. */
  formatTime?: (ms: number) => string;
  height?: number;
};

const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: of('--line'),
    text: of('--muted'),
    series: [1, 2, 3, 4].map((number) => of(`--series-${number}`)),
  };
};

/** Ticks between whole numbers would repeat what stands beside their neighbours. */
const onceEach = (texts: readonly string[]) =>
  texts.map((text, index) => (text === texts[index - 1] ? '' : text));

const isSparse = (values: ArrayLike<number | null | undefined> | undefined): boolean => {
  let known = 0;
  for (let at = 0; at < (values?.length ?? 0) && known < 4; at += 1) {
    if (typeof values?.[at] === 'number') known += 1;
  }
  return known < 4;
};

function optionsOf(props: ChartProps, width: number, onMove: (index: number | null) => void) {
  const { line, text, series } = colours();
  const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const font = '11px ui-sans-serif, system-ui, sans-serif';
  return {
    width,
    height: props.height ?? 190,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    padding: [8, 18, 0, 0],
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        font,
        grid: { show: false },
        space: 64,
        size: 26,
        values: (_plot, splits) => splits.map((at) => (props.formatTime ?? clockShort)(at * 1_000)),
      },
      {
        ...axis,
        font,
        size: 52,
        space: (props.height ?? 190) < 140 ? 20 : 34,
        values: (_plot, splits) => onceEach(splits.map((value) => props.format(value))),
      },
    ],
    series: [
      {},
      ...props.series.map(({ colour }, index) => ({
        stroke: series[(colour ?? index + 1) - 1] ?? text,
        width: 1.5,
        ...(index === 0 && { fill: `color-mix(in srgb, ${series[0]} 10%, transparent)` }),
        // A line needs two moments: what is known of fewer is shown as points.
        points: { show: (plot: uPlot, place: number) => isSparse(plot.data[place]), size: 6 },
      })),
    ],
    hooks: { setCursor: [(plot) => onMove(plot.cursor.idx ?? null)] },
  } satisfies uPlot.Options;
}

export function Chart(props: ChartProps): JSX.Element {
  const [at, setAt] = createSignal<number | null>(null);
  let host: HTMLDivElement | undefined;
  let plot: uPlot | undefined;
  let isGone = false;
  const data = createMemo(
    () =>
      [props.times, ...props.series.map(({ values }) => values)] as unknown as uPlot.AlignedData,
  );
  const shown = (series: Series): string => {
    const value = series.values[at() ?? series.values.length - 1];
    return value === null || value === undefined ? '–' : props.format(value);
  };

  const load = async () => {
    const [{ default: Plot }] = await Promise.all([
      import('uplot'),
      import('uplot/dist/uPlot.min.css'),
    ]);
    if (isGone || !host) return;
    const draw = () => {
      if (!host) return;
      plot?.destroy();
      plot = new Plot(optionsOf(props, host.clientWidth, setAt), data(), host);
    };
    draw();
    const observer = new ResizeObserver(() => {
      if (host && plot) plot.setSize({ width: host.clientWidth, height: props.height ?? 190 });
    });
    observer.observe(host);
    stopObserving = () => observer.disconnect();
    redraw = draw;
  };
  let redraw = () => {};
  let stopObserving = () => {};
  onMount(() => void load());
  createEffect(() => {
    const next = data();
    plot?.setData(next);
  });
  createEffect(() => {
    theme();
    redraw();
  });
  onCleanup(() => {
    isGone = true;
    stopObserving();
    plot?.destroy();
  });

  return (
    <div
      class="chart"
      role="img"
      aria-label={`${props.label}: ${props.series.map((one) => `${one.name} ${shown(one)}`).join(', ')}`}
    >
      <div class="legend" aria-hidden="true">
        <For each={props.series}>
          {(one, index) => (
            <span>
              <i class={`s${one.colour ?? index() + 1}`} />
              {one.name} <b class="num">{shown(one)}</b>
            </span>
          )}
        </For>
      </div>
      <div ref={(own) => (host = own)} />
    </div>
  );
}
