/** All that the console begins with: every actor, what the day brought so far, and where the live stream goes on. */
import { t, type Static } from 'elysia';
import type { AnyMachineSnapshot } from 'xstate';
import type { McpServerSettings } from '../../events/mcpServer.ts';
import { statusOf } from './actor.ts';
import { keyDaySchema, minuteSchema } from './recentCounts.ts';
import { pulseSchema } from './pulse.ts';
import { eventSchema } from './event.ts';
import { requestSchema } from './request.ts';
import { toolCallSchema } from './toolCall.ts';
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
  requests: t.Array(requestSchema, { description: 'the newest, newest first' }),
  tool_calls: t.Array(toolCallSchema, { description: 'the newest, newest first' }),
  events: t.Array(eventSchema, { description: 'the newest of CONTROL, newest first' }),
});

/** What nobody looks at in a list, or is large: it is in /api/actors. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  'provider-key': ['fingerprint', 'secretRef', 'secretsToErase'],
  'mcp-server': ['lists', 'secretsToErase', 'instructions', 'capabilities'],
};

type Server = Readonly<{
  settings: McpServerSettings;
  lists: Readonly<Record<string, readonly Readonly<{ name: string; hash: string }>[]>>;
}>;

/** Without what only the gateway can use; of what it offers the names. */
function shortServer({ settings, lists }: Server) {
  const { secretRef: _ref, fingerprint: _print, ...shown } = settings;
  return {
    settings: snakeCased(shown),
    lists: Object.fromEntries(
      Object.entries(lists).map(([list, items]) => [
        list,
        items.map(({ name, hash }) => ({ name, hash })),
      ]),
    ),
  };
}

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
      ...(kind === 'mcp-server' && shortServer(context as Server)),
    },
  };
}
