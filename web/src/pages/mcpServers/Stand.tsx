/** How a server stands, with the time at which that changes by itself. */
import { createMemo, Show, type Accessor, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Countdown } from '../../design/Time.tsx';
import { standOf, type McpServer } from '../../live/mcpStand.ts';

export const Stand = (props: { of: Accessor<McpServer> }): JSX.Element => {
  const stand = createMemo(() => standOf(props.of()));
  return (
    <span class="row">
      <Badge status={stand().status} />
      <Show when={stand().untilMs}>
        {(ms) => (
          <span class="muted small">
            dialled <Countdown ms={ms()} />
          </span>
        )}
      </Show>
    </span>
  );
};
