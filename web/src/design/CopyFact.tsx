/** A fact in a list of facts that others want to have: an id, a name, an address. */
import type { JSX } from 'solid-js';
import { Copy } from './Button.tsx';

export const CopyFact = (props: { name: string; text: string; what: string }): JSX.Element => (
  <>
    <dt>{props.name}</dt>
    <dd class="row">
      <code class="truncate">{props.text}</code>
      <Copy text={props.text} what={props.what} />
    </dd>
  </>
);
