/** What the live stream brought of one sort since the page was opened: newest first, held still while somebody reads. */
import { createEffect, createMemo, createSignal, on, untrack, type Accessor } from 'solid-js';

export type Tail<Row> = Readonly<{
  rows: Accessor<readonly Row[]>;
  /** Rows that wait until it goes on. */
  waiting: Accessor<number>;
  isHeld: Accessor<boolean>;
  hold: (isHeld: boolean) => void;
}>;

const keptAtMost = 5_000;

/** @param newest What the world remembers of them, newest first. */
export function tailOf<Row>(
  newest: Accessor<readonly Row[]>,
  idOf: (row: Row) => string | number,
): Tail<Row> {
  const [all, setAll] = createSignal<readonly Row[]>(untrack(newest));
  const [held, setHeld] = createSignal<readonly Row[]>();
  createEffect(
    on(newest, (rows) => {
      const last = untrack(all)[0];
      const known = last === undefined ? -1 : rows.findIndex((row) => idOf(row) === idOf(last));
      const fresh = known < 0 ? rows : rows.slice(0, known);
      if (fresh.length > 0) setAll((before) => [...fresh, ...before].slice(0, keptAtMost));
    }),
  );
  return {
    rows: () => held() ?? all(),
    waiting: createMemo(() => {
      const still = held();
      const first = still?.[0];
      if (!still) return 0;
      const index = all().findIndex((row) => first !== undefined && idOf(row) === idOf(first));
      return index < 0 ? all().length : index;
    }),
    isHeld: () => held() !== undefined,
    hold: (isHeld) => setHeld(isHeld ? untrack(all) : undefined),
  };
}

/** Two lists as one, newest first, without what is in both. */
export function joined<Row>(
  live: readonly Row[],
  old: readonly Row[],
  idOf: (row: Row) => string | number,
  /** Grows with time. */
  orderOf: (row: Row) => string | number,
): readonly Row[] {
  const known = new Set(old.map(idOf));
  const fresh = live.filter((row) => !known.has(idOf(row)));
  if (fresh.length === 0) return old;
  return [...fresh, ...old].sort((one, other) => {
    const [a, b] = [orderOf(one), orderOf(other)];
    return a < b ? 1 : a > b ? -1 : 0;
  });
}
