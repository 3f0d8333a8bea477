/** Short words on what was done, or why it was not. */
import { createSignal, For, type JSX } from 'solid-js';
import { Shape } from './Badge.tsx';
import { IconButton } from './Button.tsx';

type Toast = Readonly<{ id: number; text: string; isBad: boolean }>;

const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
const shownAtMost = 4;
const shownMs = 5_000;
let made = 0;

const drop = (id: number) => setToasts((all) => all.filter((one) => one.id !== id));

function show(text: string, isBad: boolean): void {
  made += 1;
  const id = made;
  setToasts((all) => [...all, { id, text, isBad }].slice(-shownAtMost));
  setTimeout(() => drop(id), isBad ? 3 * shownMs : shownMs);
}

export const say = (text: string): void => show(text, false);

/** Does it, and says what came of it. */
export async function tell(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work;
    show(done, false);
  } catch (error) {
    show(error instanceof Error ? error.message : String(error), true);
  }
}

export const Toasts = (): JSX.Element => (
  <div class="toasts" role="status" aria-live="polite">
    <For each={toasts()}>
      {(toast) => (
        <div class="toast">
          <span class={`row ${toast.isBad ? 'tone-bad' : 'tone-good'}`}>
            <span class="icon">
              <Shape tone={toast.isBad ? 'bad' : 'good'} />
            </span>
          </span>
          <span class="grow">{toast.text}</span>
          <IconButton slim icon="close" label="Dismiss" onClick={() => drop(toast.id)} />
        </div>
      )}
    </For>
  </div>
);
