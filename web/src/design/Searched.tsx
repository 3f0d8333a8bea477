/** A list that is searched by words and by state; both are in the address. */
import { createMemo, type Accessor, type JSX } from 'solid-js';
import { useFilters } from '../shell/address.ts';
import { Search, Segments } from './Field.tsx';

export type Searched<Row> = Readonly<{
  all: Accessor<readonly Row[]>;
  rows: Accessor<readonly Row[]>;
  text: Accessor<string>;
  state: Accessor<string>;
  set: (name: 'q' | 'state') => (value: string) => void;
  showAll: () => void;
  /** How many are in a state; '' is any. */
  numberIn: (state: string) => number;
}>;

export function useSearched<Row>(
  all: Accessor<readonly Row[]>,
  fits: (row: Row, text: string) => boolean,
  isIn: (row: Row, state: string) => boolean,
): Searched<Row> {
  const { params, setParams, set } = useFilters<{ q?: string; state?: string }>();
  const text = () => params.q ?? '';
  const state = () => params.state ?? '';
  const rowsIn = (wanted: string) =>
    wanted === '' ? all() : all().filter((row) => isIn(row, wanted));
  return {
    all,
    rows: createMemo(() => rowsIn(state()).filter((row) => fits(row, text()))),
    text,
    state,
    set,
    showAll: () => setParams({ q: null, state: null }),
    numberIn: (wanted) => rowsIn(wanted).length,
  };
}

type BarProps<Row> = {
  of: Searched<Row>;
  label: string;
  states: readonly Readonly<{ value: string; text: string }>[];
};

export const SearchBar = <Row,>(props: BarProps<Row>): JSX.Element => (
  <div class="row wrap">
    <Search label={props.label} value={props.of.text()} onInput={props.of.set('q')} />
    <Segments
      label="State"
      value={props.of.state()}
      onInput={props.of.set('state')}
      options={[{ value: '', text: 'All' }, ...props.states].map((state) => ({
        ...state,
        number: props.of.numberIn(state.value),
      }))}
    />
  </div>
);
