/** What else can be done with a thing, behind three dots. */
import { createSignal, For, onCleanup, Show, type JSX } from 'solid-js';
import { Portal } from 'solid-js/web';
import { IconButton } from './Button.tsx';

export type Action = Readonly<{ text: string; danger?: boolean; run: () => void }>;

export function Menu(props: { label: string; actions: readonly Action[] }): JSX.Element {
  const [place, setPlace] = createSignal<Readonly<{ top: number; right: number }>>();
  let own: HTMLDivElement | undefined;
  let opener: HTMLButtonElement | undefined;

  const close = (keepsFocus = true) => {
    document.removeEventListener('pointerdown', outside, true);
    if (!place()) return;
    setPlace(undefined);
    if (keepsFocus) opener?.focus();
  };
  const outside = (event: Event) => {
    if (event.target instanceof Node && own?.contains(event.target)) return;
    close(false);
  };
  const open = () => {
    if (!opener) return;
    const { bottom, right } = opener.getBoundingClientRect();
    const isLow = bottom + 40 + props.actions.length * 34 > innerHeight;
    const top = isLow ? bottom - 40 - props.actions.length * 34 : bottom + 4;
    setPlace({ top, right: innerWidth - right });
    document.addEventListener('pointerdown', outside, true);
    own?.querySelector('button')?.focus();
  };
  onCleanup(() => document.removeEventListener('pointerdown', outside, true));

  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...(own?.querySelectorAll('button') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) items[(at + step + items.length) % items.length]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <IconButton
        slim
        icon="more"
        label={props.label}
        aria-haspopup="menu"
        aria-expanded={place() !== undefined}
        ref={(button) => (opener = button)}
        onClick={(event) => {
          event.stopPropagation();
          if (place()) close();
          else open();
        }}
      />
      <Show when={place()}>
        {(at) => (
          <Portal>
            <div
              class="menu"
              role="menu"
              aria-label={props.label}
              ref={(menu) => (own = menu)}
              style={{ top: `${at().top}px`, right: `${at().right}px` }}
              onKeyDown={onKeyDown}
            >
              <For each={props.actions}>
                {(action) => (
                  <button
                    type="button"
                    role="menuitem"
                    classList={{ danger: action.danger ?? false }}
                    onClick={() => {
                      close();
                      action.run();
                    }}
                  >
                    {action.text}
                  </button>
                )}
              </For>
            </div>
          </Portal>
        )}
      </Show>
    </>
  );
}
