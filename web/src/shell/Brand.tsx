/** The lamps of a signal. */
import type { JSX } from 'solid-js';

export const Lamps = (): JSX.Element => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <rect x="7" y="1" width="10" height="22" rx="5" fill="var(--text)" />
    <circle cx="12" cy="6" r="2.6" fill="#4cc38a" />
    <circle cx="12" cy="12" r="2.6" fill="#f0b04a" />
    <circle cx="12" cy="18" r="2.6" fill="#e5534b" />
  </svg>
);
