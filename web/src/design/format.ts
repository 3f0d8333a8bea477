/** Numbers and times as people read them. */
const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value: number): string => whole.format(Math.round(value));
/** `12.3K` from ten thousand on. */
export const compact = (value: number): string =>
  value < 10_000 ? whole.format(Math.round(value)) : short.format(value);

export const perSecond = (value: number): string =>
  value >= 100 ? count(value) : value.toFixed(value >= 10 || value === 0 ? 0 : 1);

export const percent = (part: number, all: number): string => {
  if (all === 0) return '0%';
  const value = (part / all) * 100;
  return `${value === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)}%`;
};

export function duration(ms: number): string {
  if (ms < 1) return '<1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return span(ms);
}

/** The two largest parts: `2 h 5 min`. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000));
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min${s % 60 === 0 ? '' : ` ${s % 60} s`}`;
  const min = Math.floor(s / 60);
  if (min < 1_440) return `${Math.floor(min / 60)} h${min % 60 === 0 ? '' : ` ${min % 60} min`}`;
  const h = Math.floor(min / 60);
  return `${Math.floor(h / 24)} d${h % 24 === 0 ? '' : ` ${h % 24} h`}`;
}

/** The largest part alone: `5 min ago`. */
export function ago(ms: number): string {
  const s = Math.round(ms / 1_000);
  if (s < 5) return 'just now';
  if (s < 60) return `${s} s ago`;
  if (s < 3_600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}

export function money(microUsd: number): string {
  const usd = microUsd / 1_000_000;
  if (usd === 0) return '$0';
  if (usd < 0.01) return `$${usd.toFixed(usd < 0.0001 ? 6 : 4)}`;
  return usd < 1_000 ? `$${usd.toFixed(2)}` : `$${compact(usd)}`;
}

export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  if (value < 1_000_000) return `${(value / 1_000).toFixed(1)} kB`;
  return `${(value / 1_000_000).toFixed(1)} MB`;
}

const exactFormat = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
});
const clockFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** In the reader's zone, with the zone-free form beside it. */
export const exact = (ms: number): string =>
  `${exactFormat.format(ms)} (${new Date(ms).toISOString()})`;
const shortFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });
export const clockShort = (ms: number): string => shortFormat.format(ms);
const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});
/** `20 Nov`, of UTC as the daily sums are. */
export const dayShort = (ms: number): string => dayFormat.format(ms);
export const clock = (ms: number): string => clockFormat.format(ms);

/** `ProviderKeyRested` of a provider key as `Rested`; `McpServerItemsListed` as `Items listed`. */
export function eventName(type: string, kind: string): string {
  const prefix = kind
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');
  const own = type.startsWith(prefix) && type !== prefix ? type.slice(prefix.length) : type;
  const text = own.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `10 requests`, `1 request`. */
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
