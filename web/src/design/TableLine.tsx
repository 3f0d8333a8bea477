/** One row of a table: in columns, or in two lines where there is no room for them. */
import { createMemo, For, type Accessor, type JSX } from 'solid-js';

export const twoLinesPx = 62;

export type Column<Row> = Readonly<{
  name: string;
  title: string;
  /** Where it stands in a row of two lines, on a phone; without it, it is not shown there. */
  narrow?: 'start' | 'end' | 'below' | 'last' | 'menu';
  /** As in `grid-template-columns`: `minmax(160px, 2fr)`. */
  width: string;
  right?: boolean;
  /** Its content may reach beyond it: a menu. */
  isOpen?: boolean;
  cell: (row: Accessor<Row>) => JSX.Element;
  /** With it the head sorts. */
  sortBy?: (row: Row) => number | string;
}>;

type LineProps<Row> = {
  columns: readonly Column<Row>[];
  row: Row | undefined;
  template: string | undefined;
  index: number;
  height: number;
  isCurrent: boolean;
  isNarrow: boolean;
  onOpen: ((row: Row) => void) | undefined;
};

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, input, select, .menu') !== null;

export function Line<Row>(props: LineProps<Row>): JSX.Element {
  // What is leaving the list is drawn once more before it is gone.
  let last = props.row;
  const row = createMemo(() => (last = props.row ?? last)) as Accessor<Row>;
  return (
    <div
      class="line item"
      classList={{
        current: props.isCurrent,
        link: props.onOpen !== undefined,
        two: props.isNarrow,
      }}
      role="row"
      aria-rowindex={props.index + 2}
      style={{
        'grid-template-columns': props.template,
        height: `${props.height}px`,
        transform: `translateY(${props.index * props.height}px)`,
      }}
      onClick={(event) => {
        if (!isControl(event.target)) props.onOpen?.(row());
      }}
    >
      <For each={props.columns}>
        {(column) => (
          <div
            class="cell"
            classList={{
              right: column.right ?? false,
              open: column.isOpen ?? false,
              [`at-${column.narrow ?? 'none'}`]: props.isNarrow,
            }}
            role="cell"
          >
            {column.cell(row)}
          </div>
        )}
      </For>
    </div>
  );
}
