/** All that the console begins with: every actor, what the day brought so far, and where the live stream goes on. */
import { t, type Static } from 'elysia';
import type { AnyMachineSnapshot } from 'xstate';
import { statusOf } from './actor.ts';
import { keyDaySchema, minuteSchema } from './recentCounts.ts';
import { pulseSchema } from './pulse.ts';
import { nullable } from './list.ts';
import { snakeCased } from './snakeCase.ts';

const actor = t.Object({
  kind: t.String(),
  id: t.String(),
  sequence: t.Integer(),
  status: t.String(),
  context: t.Record(t.String(), t.Unknown()),
});
type SnapshotActor = Static<typeof actor>;

export const snapshotSchema = t.Object({
  cursor: t.String({ description: 'where /api/live goes on from this answer' }),
  time: t.String({ format: 'date-time' }),
  version: t.String(),
  gateway_id: t.String(),
  session_until: nullable(
    t.String({ format: 'date-time', description: 'null where no password is asked for' }),
  ),
  pulse: nullable(pulseSchema),
  actors: t.Array(actor),
  keys_today: t.Record(t.String(), keyDaySchema, {
    description: 'what each provider key answered on this UTC day, and in each of its hours',
  }),
  minutes: t.Array(minuteSchema, {
    description: 'of the last day; one without anything is left out',
  }),
});

/** What nobody looks at in a list, or is large: it is in /api/actors. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  'provider-key': ['fingerprint', 'secretRef', 'secretsToErase'],
  'mcp-server': ['lists', 'secretsToErase', 'instructions', 'capabilities'],
};

type WithLists = Readonly<{
  lists: Readonly<Record<string, readonly Readonly<{ name: string; hash: string }>[]>>;
}>;

const namesOf = ({ lists }: WithLists) => ({
  lists: Object.fromEntries(
    Object.entries(lists).map(([list, items]) => [
      list,
      items.map(({ name, hash }) => ({ name, hash })),
    ]),
  ),
});

export function presentSnapshotActor(
  kind: string,
  id: string,
  sequence: number,
  { value, context }: AnyMachineSnapshot,
): SnapshotActor {
  const kept = { ...(context as Record<string, unknown>) };
  for (const name of leftOut[kind] ?? []) delete kept[name];
  return {
    kind,
    id,
    sequence,
    status: statusOf(value),
    context: {
      ...snakeCased(kept),
      ...(kind === 'mcp-server' && namesOf(context as WithLists)),
    },
  };
}
