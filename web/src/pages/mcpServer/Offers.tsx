/** What a server offers, as far as it fits a search, and each as the server itself describes it. */
import { createSignal, For, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { Search } from '../../design/Field.tsx';
import { Json } from '../../design/Json.tsx';

const page = 50;

type OffersProps<Item> = {
  label: string;
  text: string;
  onInput: (text: string) => void;
  items: readonly Item[];
  /** Where none fits. */
  none: string;
  children: (item: Item) => JSX.Element;
};

export function Offers<Item>(props: OffersProps<Item>): JSX.Element {
  const [shown, setShown] = createSignal(page);
  return (
    <div class="stack">
      <Search label={props.label} value={props.text} onInput={props.onInput} />
      <ul class="offers">
        <For each={props.items.slice(0, shown())} fallback={<li class="muted">{props.none}</li>}>
          {(item) => <li class="offer">{props.children(item)}</li>}
        </For>
      </ul>
      <Show when={props.items.length > shown()}>
        <Button onClick={() => setShown(shown() + page)}>Show more of {props.items.length}</Button>
      </Show>
    </div>
  );
}

export const AsDescribed = (props: { name: string; value: unknown }): JSX.Element => (
  <details class="small">
    <summary class="muted">As the server describes it</summary>
    <Json value={props.value} label={`Description of ${props.name}`} />
  </details>
);
