/** A list that goes back into the past, page by page, for as long as somebody scrolls. */
import { createEffect, createSignal, on, type Accessor } from 'solid-js';

type Page<Row> = Readonly<{ data: readonly Row[]; next: number | null }>;

export type Paged<Row> = Readonly<{
  rows: Accessor<readonly Row[]>;
  fault: Accessor<string | undefined>;
  isWaiting: Accessor<boolean>;
  /** False at the beginning of the log. */
  hasMore: Accessor<boolean>;
  more: () => void;
  again: () => void;
}>;

/** Rows are asked for until there are enough to show, in so many pages at most: a page may hold none and have a next. */
const pagesAtOnce = 5;
const rowsAtOnce = 50;

export function paged<About, Row>(
  about: Accessor<About>,
  load: (about: About, after: number | undefined) => Promise<Page<Row>>,
): Paged<Row> {
  const [rows, setRows] = createSignal<readonly Row[]>([]);
  const [next, setNext] = createSignal<number | null | undefined>(undefined);
  const [fault, setFault] = createSignal<string>();
  const [isWaiting, setWaiting] = createSignal(true);
  /** Answers to what was asked before count no more. */
  let turn = 0;

  const read = async (own: number) => {
    setWaiting(true);
    setFault(undefined);
    try {
      let found = 0;
      for (let page = 0; page < pagesAtOnce && found < rowsAtOnce; page += 1) {
        const after = next();
        if (after === null) break;
        const answer = await load(about(), after);
        if (own !== turn) return;
        found += answer.data.length;
        setRows((before) => [...before, ...answer.data]);
        setNext(answer.next);
      }
    } catch (error) {
      if (own === turn) setFault(error instanceof Error ? error.message : String(error));
    } finally {
      if (own === turn) setWaiting(false);
    }
  };
  const again = () => {
    turn += 1;
    setRows([]);
    setNext(undefined);
    void read(turn);
  };
  createEffect(on(about, again));

  return {
    rows,
    fault,
    isWaiting,
    hasMore: () => next() !== null,
    more() {
      if (!isWaiting() && next() !== null && fault() === undefined) void read(turn);
    },
    again,
  };
}
