/** Moments: how long ago, or how long until; the exact one on hover. */
import type { JSX } from 'solid-js';
import { now } from '../live/store.ts';
import { ago, clock, exact, span } from './format.ts';

type At = { ms: number };
const iso = (ms: number) => new Date(ms).toISOString();

export const Ago = (props: At): JSX.Element => (
  <time dateTime={iso(props.ms)} title={exact(props.ms)}>
    {ago(now() - props.ms)}
  </time>
);

export const Clock = (props: At): JSX.Element => (
  <time dateTime={iso(props.ms)} title={exact(props.ms)}>
    {clock(props.ms)}
  </time>
);

/** `in 12 s`; `due` once it is over. */
export const Countdown = (props: At): JSX.Element => (
  <time dateTime={iso(props.ms)} title={exact(props.ms)}>
    {props.ms > now() ? `in ${span(props.ms - now())}` : 'due now'}
  </time>
);
