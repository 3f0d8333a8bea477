/** Where nothing is: says so, and what to do next. */
import type { JSX } from 'solid-js';

type EmptyProps = { title: string; children?: JSX.Element; action?: JSX.Element };

export const Empty = (props: EmptyProps): JSX.Element => (
  <div class="empty">
    <h2>{props.title}</h2>
    <p>{props.children}</p>
    {props.action && <div class="row">{props.action}</div>}
  </div>
);
