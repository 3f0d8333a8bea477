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
  type JSX,
} from 'solid-js';
import { useKeys } from '../shell/keys.ts';
import { Line, twoLinesPx, type Column } from './TableLine.tsx';

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
const headPx = 34;
/** A wider table scrolls sideways where its columns have no room; this one has rows of two lines. */
const narrowPx = 740;

export function Table<Row>(props: TableProps<Row>): JSX.Element {
  const navigate = useNavigate();
  const [sort, setSort] = createSignal(props.sort);
  const [top, setTop] = createSignal(0);
  const [height, setHeight] = createSignal(600);
  const [width, setWidth] = createSignal(1_000);
  const [current, setCurrent] = createSignal<string>();
  let scroller: HTMLDivElement | undefined;
  const columnsPx = createMemo(() => {
    const least = props.columns.map((column) => Number(/\d+(?=px)/.exec(column.width)?.[0] ?? 80));
    return least.reduce((sum, px) => sum + px + 16, 16);
  });
  const isNarrow = createMemo(
    () =>
      width() < Math.min(narrowPx, columnsPx()) &&
      props.columns.some(({ narrow }) => narrow !== undefined),
  );
  const rowHeight = () => (isNarrow() ? twoLinesPx : (props.rowHeight ?? 40));

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
  const leastPx = () => (isNarrow() ? 0 : columnsPx());
  const template = () => (isNarrow() ? undefined : props.columns.map((one) => one.width).join(' '));

  onMount(() => {
    const measure = () => {
      setHeight(scroller?.clientHeight ?? 600);
      setWidth(scroller?.clientWidth ?? 1_000);
    };
    const observer = new ResizeObserver(measure);
    measure();
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
    const inSightPx = scroller.clientHeight - (isNarrow() ? 0 : headPx);
    if (to > scroller.scrollTop + inSightPx) scroller.scrollTop = to - inSightPx;
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
            <div class="head" role="rowgroup" hidden={isNarrow()}>
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
                    isNarrow={isNarrow()}
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
