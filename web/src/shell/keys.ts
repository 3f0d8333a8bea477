/** Keys that work anywhere on a page. The newest of those who listen to a key gets it. */
import { onCleanup, onMount } from 'solid-js';

type Handlers = Readonly<Record<string, () => void>>;

const listeners: Handlers[] = [];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, summary, [role="slider"]') !== null;

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
  if (document.querySelector('dialog[open]')) return;
  if (isTyping(event.target)) {
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  // Enter on a link or a button is theirs.
  if (event.key === 'Enter' && isControl(event.target)) return;
  const handler = listeners.findLast((one) => one[event.key])?.[event.key];
  if (!handler) return;
  event.preventDefault();
  handler();
}

/** For as long as the component lives. */
export function useKeys(handlers: Handlers): void {
  onMount(() => {
    listeners.push(handlers);
    onCleanup(() => listeners.splice(listeners.indexOf(handlers), 1));
  });
}

export const startKeys = (): void => document.addEventListener('keydown', onKeyDown);
