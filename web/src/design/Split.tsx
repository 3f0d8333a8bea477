/** A list with what is open of it beside it; on a narrow screen over it. */
import { createUniqueId, Show, type JSX } from 'solid-js';
import { useKeys } from '../shell/keys.ts';
import { IconButton } from './Button.tsx';

type SplitProps = {
  /** Nothing is open without a title. */
  title: string | undefined;
  beside?: JSX.Element;
  onClose: () => void;
  list: JSX.Element;
  children: JSX.Element;
};

export function Split(props: SplitProps): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="split" classList={{ open: props.title !== undefined }}>
      {props.list}
      <Show when={props.title !== undefined}>
        <aside class="card panel" aria-labelledby={id}>
          <Closing onClose={props.onClose} />
          <header>
            <h2 id={id}>{props.title}</h2>
            <span class="row">
              {props.beside}
              <IconButton slim icon="close" label="Close (Esc)" onClick={() => props.onClose()} />
            </span>
          </header>
          <div class="body stack" tabIndex={0} role="region" aria-labelledby={id}>
            {props.children}
          </div>
        </aside>
      </Show>
    </div>
  );
}

/** Esc is the panel's for as long as it is open. */
function Closing(props: { onClose: () => void }): JSX.Element {
  useKeys({ Escape: () => props.onClose() });
  return null;
}
