/** Where a search has found nothing of all there is. */
import type { JSX } from 'solid-js';
import { Button } from './Button.tsx';
import { Empty } from './Empty.tsx';

type NoneFitsProps = {
  one: string;
  all: string;
  /** How many there are, and of what. */
  of: string;
  onAll: () => void;
};

export const NoneFits = (props: NoneFitsProps): JSX.Element => (
  <Empty
    title={`No ${props.one} fits`}
    action={<Button onClick={() => props.onAll()}>Show all {props.all}</Button>}
  >
    None of the {props.of} fits this search.
  </Empty>
);
