/** How many of a route's targets can be asked now. */
import type { JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import type { Tone } from '../../design/tones.ts';
import type { Row, RouteStatus } from './routeRows.ts';

const tones: Readonly<Record<RouteStatus, Tone>> = { ready: 'good', partly: 'rest', away: 'bad' };

export const RouteState = (props: { of: Row }): JSX.Element => {
  const ready = () => props.of.targets.filter(({ stand }) => stand.status === 'ready').length;
  return (
    <Badge status={props.of.status} tone={tones[props.of.status]}>
      {props.of.status === 'away'
        ? 'nobody answers'
        : `${ready()} of ${props.of.targets.length} ready`}
    </Badge>
  );
};
