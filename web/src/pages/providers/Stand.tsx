/** Whether a provider or a target can be asked, and when it is tried again. */
import { Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Countdown } from '../../design/Time.tsx';
import type { Stand as State } from '../../live/stands.ts';

const words: Readonly<Record<State['status'], string>> = {
  ready: 'ready',
  resting: 'resting',
  'half-open': 'probing',
  open: 'breaker open',
  disabled: 'no key',
  gone: 'gone',
};

export const Stand = (props: { of: State }): JSX.Element => (
  <span class="row">
    <Badge status={props.of.status} {...(props.of.status === 'gone' && { tone: 'bad' as const })}>
      {words[props.of.status]}
    </Badge>
    <Show when={props.of.untilMs}>
      {(ms) => (
        <span class="muted small">
          {props.of.status === 'resting' ? 'wakes ' : 'probed '}
          <Countdown ms={ms()} />
        </span>
      )}
    </Show>
  </span>
);
