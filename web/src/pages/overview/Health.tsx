/** How the gateway itself is: its log, its read models, its connections. */
import { Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { count, plural } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { Ago } from '../../design/Time.tsx';
import { tally } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';

/** The positions of both streams in a cursor: `c12-t34`. */
const positions = () => {
  const [, control = '0', traffic = '0'] = /^c(\d+)-t(\d+)$/.exec(world()?.cursor ?? '') ?? [];
  return { control: Number(control), traffic: Number(traffic) };
};

/** A pulse is up to ten seconds old: what came since is no arrear. */
const usualArrear = 50;

const Projected = (props: { at: number | null; of: number }): JSX.Element => {
  const behind = () => Math.max(0, props.of - (props.at ?? 0));
  return (
    <Show
      when={props.at !== null && behind() <= usualArrear}
      fallback={
        <Badge status="resting">
          {props.at === null ? 'not made yet' : `${plural(behind(), 'message')} behind`}
        </Badge>
      }
    >
      <Badge status="healthy">up to date</Badge>
    </Show>
  );
};

export const Health = (): JSX.Element => (
  <Card title="Health">
    <Show when={world()?.pulse} fallback={<p class="muted">Nothing is known yet.</p>}>
      {(pulse) => (
        <dl class="facts">
          <dt>Log</dt>
          <dd>
            <Badge status={pulse().log_connected ? 'connected' : 'failed'}>
              {pulse().log_connected ? 'connected' : 'away'}
            </Badge>
          </dd>
          <dt>Read models</dt>
          <dd class="row wrap">
            <Projected at={pulse().projected.traffic} of={positions().traffic} />
          </dd>
          <dt>Audit index</dt>
          <dd class="row wrap">
            <Projected at={pulse().projected.control} of={positions().control} />
          </dd>
          <Show when={pulse().failing.length > 0}>
            <dt>Not ready</dt>
            <dd class="bad-text">{pulse().failing.join('; ')}</dd>
          </Show>
          <dt>Providers</dt>
          <dd>
            {count(tally('provider')['active'] ?? 0)} active,{' '}
            {count(tally('provider')['resting'] ?? 0)} resting
          </dd>
          <Show when={pulse().listeners > 0}>
            <dt>Watching</dt>
            <dd>{plural(pulse().listeners, 'live stream')}</dd>
          </Show>
          <dt>Gateway</dt>
          <dd>
            <code>{world()?.gatewayId}</code>
          </dd>
          <dt>Last pulse</dt>
          <dd>
            <Ago ms={Date.parse(pulse().time)} />
          </dd>
        </dl>
      )}
    </Show>
  </Card>
);
