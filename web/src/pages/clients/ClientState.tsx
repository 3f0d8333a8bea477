/** Whether a client key is let in, and until when. */
import { Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Countdown } from '../../design/Time.tsx';
import type { Tone } from '../../design/tones.ts';
import { now } from '../../live/store.ts';
import { statusOf, type Client, type Status } from './clientRows.ts';

const looks: Readonly<Record<Status, readonly [Tone, string]>> = {
  active: ['good', 'active'],
  soon: ['rest', 'expires'],
  expired: ['bad', 'expired'],
  left: ['idle', 'left its source'],
};

export const ClientState = (props: { of: Client }): JSX.Element => {
  const status = () => statusOf(props.of, now());
  const expires = () =>
    status() === 'active' || status() === 'soon' ? props.of.context.expires_at_ms : null;
  return (
    <span class="row">
      <Badge status={props.of.status} tone={looks[status()][0]}>
        {looks[status()][1]}
      </Badge>
      <Show when={expires()}>
        {(ms) => (
          <span class="muted small">
            <Countdown ms={ms()} />
          </span>
        )}
      </Show>
    </span>
  );
};
