/** A table of a few rows, all of them in the page; where there is no room it scrolls sideways. */
import { For, Show, type JSX } from 'solid-js';

type Head = string | Readonly<{ right: string }>;
type PlainTableProps = {
  /** With it, it is reached and scrolled by keys. */
  label?: string;
  heads: readonly Head[];
  /** Rows: `tr`. */
  children: JSX.Element;
};

const Rows = (props: PlainTableProps): JSX.Element => (
  <table class="plain-table">
    <thead>
      <tr>
        <For each={props.heads}>
          {(head) =>
            typeof head === 'string' ? <th>{head}</th> : <th class="right">{head.right}</th>
          }
        </For>
      </tr>
    </thead>
    <tbody>{props.children}</tbody>
  </table>
);

export const PlainTable = (props: PlainTableProps): JSX.Element => (
  <Show
    when={props.label}
    fallback={
      <div class="scroll-x">
        <Rows {...props} />
      </div>
    }
  >
    {(label) => (
      <div class="scroll-x" tabIndex={0} role="region" aria-label={label()}>
        <Rows {...props} />
      </div>
    )}
  </Show>
);
