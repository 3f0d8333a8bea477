/** What a status means for whoever looks at it: its tone, its shape and its word. */
export type Tone = 'good' | 'rest' | 'bad' | 'busy' | 'idle';

const tones: Readonly<Record<string, Tone>> = {
  healthy: 'good',
  active: 'good',
  ready: 'good',
  closed: 'good',
  enabled: 'good',
  completed: 'good',
  connected: 'good',
  set: 'busy',
  resting: 'rest',
  backoff: 'rest',
  'half-open': 'rest',
  draining: 'rest',
  truncated: 'rest',
  expired: 'rest',
  connecting: 'busy',
  untested: 'busy',
  disabled: 'idle',
  left: 'idle',
  idle: 'idle',
  gone: 'idle',
  unset: 'idle',
  removed: 'idle',
  unknown: 'idle',
  cancelled: 'idle',
  open: 'bad',
  failed: 'bad',
  unhealthy: 'bad',
  needsAuth: 'bad',
};

const words: Readonly<Record<string, string>> = {
  needsAuth: 'needs auth',
  'half-open': 'half-open',
  left: 'left its source',
};

export const toneOf = (status: string): Tone => tones[status] ?? 'idle';
export const wordOf = (status: string): string => words[status] ?? status;
