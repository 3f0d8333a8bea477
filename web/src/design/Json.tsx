/** Data as it is, as text: nothing in it is ever taken for a page. */
import type { JSX } from 'solid-js';

export const Json = (props: { value: unknown; label: string }): JSX.Element => (
  <pre class="json" tabIndex={0} aria-label={props.label} role="region">
    {JSON.stringify(props.value, null, 2)}
  </pre>
);
