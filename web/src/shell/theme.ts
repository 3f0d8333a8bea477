/** Dark or light: as the system has it until somebody chooses. */
import { createSignal } from 'solid-js';

export type Theme = 'dark' | 'light';

const stored = 'signalbox-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

const chosen = (): Theme | undefined => {
  const value = localStorage.getItem(stored);
  return value === 'dark' || value === 'light' ? value : undefined;
};
const now = (): Theme => chosen() ?? (system.matches ? 'dark' : 'light');

const [theme, setTheme] = createSignal<Theme>(now());
export { theme };

function show(): void {
  document.documentElement.dataset['theme'] = now();
  setTheme(now());
}

export function switchTheme(): void {
  localStorage.setItem(stored, theme() === 'dark' ? 'light' : 'dark');
  show();
}

export function startTheme(): void {
  show();
  system.addEventListener('change', show);
}
