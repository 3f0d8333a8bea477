/** A table for any number of rows: only those in sight are in the page. `j`, `k` and Enter walk it. */
import { useNavigate } from '@solidjs/router';
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  onCleanup,
  onMount,
  Show,
  type Accessor,
  type JSX,
} from 'solid-js';
import { useKeys } from '../shell/keys.ts';

export type Column<Row> = Readonly<{
  name: string;
  title: string;
  /** As in `grid-template-columns`: `minmax(160px, 2fr)`. */
  width: string;
  right?: boolean;
  /** Its content may reach beyond it: a menu. */
  isOpen?: boolean;
  cell: (row: Accessor<Row>) => JSX.Element;
  /** With it the head sorts. */
  sortBy?: (row: Row) => number | string;
}>;

type TableProps<Row> = {
  label: string;
  rows: readonly Row[];
  idOf: (row: Row) => string;
  columns: readonly Column<Row>[];
  hrefOf?: (row: Row) => string;
  sort?: Readonly<{ column: string; isDescending: boolean }>;
  rowHeight?: number;
  /** The row that is open beside the table. */
  selected?: string | undefined;
  /** Called when the last rows come into sight. */
  onEnd?: () => void;
  /** Under the last row. */
  foot?: JSX.Element;
  /** Where there is no row. */
  empty: JSX.Element;
};

const spare = 6;

export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const navigate = useNavigate();
  const rowHeight = () => props.rowHeight ?? 40;
  const [sort, setSort] = createSignal(props.sort);
  const [top, setTop] = createSignal(0);
  const [height, setHeight] = createSignal(600);
  const [current, setCurrent] = createSignal<string>();
  let scroller: HTMLDivElement | undefined;

  const sorted = createMemo(() => {
    const by = sort();
    const sortBy = props.columns.find(({ name }) => name === by?.column)?.sortBy;
    if (!by || !sortBy) return props.rows;
    const sign = by.isDescending ? -1 : 1;
    return props.rows.toSorted((one, other) => {
      const [a, b] = [sortBy(one), sortBy(other)];
      return a < b ? -sign : a > b ? sign : props.idOf(one) < props.idOf(other) ? -1 : 1;
    });
  });
  const byId = createMemo(() => new Map(sorted().map((row) => [props.idOf(row), row])));
  const first = () => Math.max(0, Math.floor(top() / rowHeight()) - spare);
  const inSight = createMemo(() =>
    sorted()
      .slice(first(), first() + Math.ceil(height() / rowHeight()) + 2 * spare)
      .map(props.idOf),
  );
  /** Narrower than this it scrolls sideways. */
  const leastPx = () =>
    props.columns.reduce(
      (sum, { width }) => sum + Number(/\d+(?=px)/.exec(width)?.[0] ?? 80) + 16,
      16,
    );
  const template = () => props.columns.map(({ width }) => width).join(' ');

  onMount(() => {
    const observer = new ResizeObserver(() => setHeight(scroller?.clientHeight ?? 600));
    if (scroller) observer.observe(scroller);
    onCleanup(() => observer.disconnect());
  });

  createEffect(() => {
    if (props.selected !== undefined) setCurrent(props.selected);
  });
  createEffect(() => {
    const end = sorted().length * rowHeight();
    if (end > 0 && top() + 2 * height() > end) props.onEnd?.();
  });

  const place = createMemo(() => {
    const id = current();
    return id === undefined ? -1 : sorted().findIndex((row) => props.idOf(row) === id);
  });
  const step = (by: number) => {
    const rows = sorted();
    const row = rows[Math.min(rows.length - 1, Math.max(0, place() + by))];
    if (row) setCurrent(props.idOf(row));
  };
  createEffect(() => {
    if (place() < 0 || !scroller) return;
    const from = place() * rowHeight();
    const to = from + rowHeight();
    if (from < scroller.scrollTop) scroller.scrollTop = from;
    if (to > scroller.scrollTop + scroller.clientHeight - 34)
      scroller.scrollTop = to - scroller.clientHeight + 34;
  });
  const open = () => {
    const row = byId().get(current() ?? '');
    if (row !== undefined && props.hrefOf) navigate(props.hrefOf(row));
  };
  useKeys({ j: () => step(1), k: () => step(-1), Enter: open });

  const sortOn = (column: Column<Row>) =>
    setSort((before) => ({
      column: column.name,
      isDescending: before?.column === column.name ? !before.isDescending : (column.right ?? false),
    }));

  return (
    <div class="card table">
      <div
        class="scroll"
        role="group"
        aria-label={`${props.label}, scrolling`}
        tabIndex={0}
        ref={(own) => (scroller = own)}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <Show when={sorted().length > 0} fallback={props.empty}>
          <div role="table" aria-label={props.label} aria-rowcount={sorted().length + 1}>
            <div role="rowgroup">
              <div
                class="line heads"
                role="row"
                aria-rowindex={1}
                style={{ 'grid-template-columns': template(), 'min-width': `${leastPx()}px` }}
              >
                <For each={props.columns}>
                  {(column) => (
                    <div
                      role="columnheader"
                      classList={{ right: column.right ?? false }}
                      aria-sort={ariaSort(sort(), column.name)}
                    >
                      <Show
                        when={column.sortBy}
                        fallback={column.title || <span class="unseen">Actions</span>}
                      >
                        <button type="button" onClick={() => sortOn(column)}>
                          {column.title}
                          <span aria-hidden="true">{arrow(sort(), column.name)}</span>
                        </button>
                      </Show>
                    </div>
                  )}
                </For>
              </div>
            </div>
            <div
              class="space"
              role="rowgroup"
              style={{
                height: `${sorted().length * rowHeight()}px`,
                'min-width': `${leastPx()}px`,
              }}
            >
              <For each={inSight()}>
                {(id, index) => (
                  <Line
                    columns={props.columns}
                    row={byId().get(id)}
                    template={template()}
                    index={first() + index()}
                    height={rowHeight()}
                    isCurrent={current() === id}
                    onOpen={
                      props.hrefOf ? (row) => navigate(props.hrefOf?.(row) ?? '.') : undefined
                    }
                  />
                )}
              </For>
            </div>
          </div>
          {props.foot}
        </Show>
      </div>
    </div>
  );
}

type Sort = Readonly<{ column: string; isDescending: boolean }> | undefined;
const ariaSort = (sort: Sort, name: string) => {
  if (sort?.column !== name) return undefined;
  return sort.isDescending ? 'descending' : 'ascending';
};
const arrow = (sort: Sort, name: string) => {
  if (sort?.column !== name) return '';
  return sort.isDescending ? '↓' : '↑';
};

type LineProps<Row> = {
  columns: readonly Column<Row>[];
  row: Row | undefined;
  template: string;
  index: number;
  height: number;
  isCurrent: boolean;
  onOpen: ((row: Row) => void) | undefined;
};

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, input, select, .menu') !== null;

function Line<Row>(props: LineProps<Row>): JSX.Element {
  // What is leaving the list is drawn once more before it is gone.
  let last = props.row;
  const row = createMemo(() => (last = props.row ?? last)) as Accessor<Row>;
  return (
    <div
      class="line item"
      classList={{ current: props.isCurrent, link: props.onOpen !== undefined }}
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
            classList={{ right: column.right ?? false, open: column.isOpen ?? false }}
            role="cell"
          >
            {column.cell(row)}
          </div>
        )}
      </For>
    </div>
  );
}
