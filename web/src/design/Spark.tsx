/** The course of a number, as small as a word. */
import { createMemo, For, type JSX } from 'solid-js';
import { plural } from './format.ts';

type BarsProps = {
  values: readonly number[];
  bad?: readonly number[];
  label: string;
  width?: number;
  height?: number;
};

/** One bar for each value, the bad part of it below in red. */
export function SparkBars(props: BarsProps): JSX.Element {
  const width = () => props.width ?? 96;
  const height = () => props.height ?? 20;
  const most = createMemo(() => Math.max(1, ...props.values));
  const step = () => width() / Math.max(1, props.values.length);
  const heightOf = (value: number) =>
    value === 0 ? 0 : Math.max(1.5, (value / most()) * height());
  return (
    <svg
      class="spark"
      width={width()}
      height={height()}
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${width()} ${height()}`}
    >
      <line
        class="base"
        x1="0"
        x2={width()}
        y1={height() - 0.25}
        y2={height() - 0.25}
        stroke-width="0.5"
      />
      <For each={props.values.map((_, index) => index)}>
        {(index) => (
          <>
            <rect
              class="col"
              x={index * step()}
              width={Math.max(1, step() - 1)}
              y={height() - heightOf(props.values[index] ?? 0)}
              height={heightOf(props.values[index] ?? 0)}
            />
            <rect
              class="bad"
              x={index * step()}
              width={Math.max(1, step() - 1)}
              y={height() - heightOf(props.bad?.[index] ?? 0)}
              height={heightOf(props.bad?.[index] ?? 0)}
            />
          </>
        )}
      </For>
    </svg>
  );
}

type LineProps = {
  /** Null where nothing is known: the line goes on from its neighbours. */
  values: readonly (number | null)[];
  label: string;
  height?: number;
};

/** A line over its whole width. */
export function SparkLine(props: LineProps): JSX.Element {
  const height = () => props.height ?? 36;
  const points = createMemo(() => {
    const most = Math.max(1e-9, ...props.values.map((value) => value ?? 0));
    const last = Math.max(1, props.values.length - 1);
    return props.values.flatMap((value, index) =>
      value === null
        ? []
        : [{ x: (index / last) * 100, y: 2 + (1 - value / most) * (height() - 4) }],
    );
  });
  const line = () =>
    points()
      .map(({ x, y }) => `${x},${y}`)
      .join(' ');
  return (
    <svg
      class="spark"
      width="100%"
      height={height()}
      viewBox={`0 0 100 ${height()}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <polygon
        class="under"
        points={`${points()[0]?.x ?? 0},${height()} ${line()} ${points().at(-1)?.x ?? 0},${height()}`}
      />
      <polyline class="stroke" points={line()} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

export const dayLabel = (requests: number, failures: number): string =>
  `${plural(requests, 'request')} today, ${failures} failed`;
