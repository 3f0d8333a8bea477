/** How the gateway itself is: what it lacks, and how far the read models are behind the log. */
import { t, type Static } from 'elysia';
import type { ReadModels } from '../../events/projections/readModels.ts';
import { isoOf, nullable } from './list.ts';

export const pulseSchema = t.Object({
  time: t.String({ format: 'date-time', description: 'of this gateway' }),
  failing: t.Array(t.String(), { description: 'what keeps it from working, as in /ready' }),
  log_connected: t.Boolean(),
  listeners: t.Integer({ description: 'of the live stream, in this process' }),
  projected: t.Object(
    { control: nullable(t.Integer()), traffic: nullable(t.Integer()) },
    { description: 'sequences up to which the read models hold the streams; null before any' },
  ),
});
export type Pulse = Static<typeof pulseSchema>;

type Facts = Readonly<{
  nowMs: number;
  failing: readonly string[];
  isLogConnected: boolean;
  listeners: number;
  readModels: Pick<ReadModels, 'positions'>;
}>;

export function presentPulse(facts: Facts): Pulse {
  const { nowMs, failing, isLogConnected, listeners, readModels } = facts;
  const projected = new Map(readModels.positions().map((row) => [row.stream, row.sequence]));
  return {
    time: isoOf(nowMs),
    failing: [...failing],
    log_connected: isLogConnected,
    listeners,
    projected: {
      control: projected.get('CONTROL') ?? null,
      traffic: projected.get('TRAFFIC') ?? null,
    },
  };
}
