/** The keys that work everywhere. */
import { For, type JSX } from 'solid-js';
import { Dialog } from '../design/Dialog.tsx';

const keys = [
  ['/', 'Search on this page'],
  ['j  k', 'Next and previous row'],
  ['Enter', 'Open the row'],
  ['Esc', 'Leave a field, close what is open'],
  ['p', 'Hold the live requests still'],
  ['←  →', 'Step through time, on its page'],
  ['?', 'This help'],
] as const;

export const Help = (props: { onClose: () => void }): JSX.Element => (
  <Dialog title="Keys" onClose={props.onClose}>
    <dl class="facts">
      <For each={keys}>
        {([key, meaning]) => (
          <>
            <dt>
              <span class="kbd">{key}</span>
            </dt>
            <dd>{meaning}</dd>
          </>
        )}
      </For>
    </dl>
    <p class="muted">
      Every address can be kept and shared: it leads back to the same page, with its filters. Hover
      over a time for the exact one.
    </p>
  </Dialog>
);
