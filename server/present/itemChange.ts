/** What became of one thing that an MCP server offers. */
import { t, type Static } from 'elysia';
import type { ControlMessage } from '../../events/log.ts';
import type { McpServerEvent } from '../../events/mcpServer.ts';
import { isoOf, nullable } from './list.ts';

export const itemChangeSchema = t.Object({
  sequence: t.Integer({ description: 'of the event' }),
  time: t.String({ format: 'date-time' }),
  list: t.String({ description: 'tools, resources, resourceTemplates or prompts' }),
  name: t.String({ description: 'or URI' }),
  change: t.Union([t.Literal('added'), t.Literal('changed'), t.Literal('removed')]),
  hash_before: nullable(t.String({ description: 'SHA-256 of all that the server said of it' })),
  hash_after: nullable(t.String()),
});
type ItemChange = Static<typeof itemChangeSchema>;

type Listed = Extract<McpServerEvent, { type: 'McpServerItemsListed' }>['data'];

/** Nothing for an event of another type, or one that cannot be read. */
export function presentItemChanges(message: ControlMessage): ItemChange[] {
  if (!message.ok || message.event.type !== 'McpServerItemsListed') return [];
  const { sequence, timeMs } = message.event;
  const { list, items, added, changed, removed, hashes = [] } = message.event.data as Listed;
  const before = new Map(hashes.map(({ name, before: hash }) => [name, hash]));
  const after = new Map(items.map(({ name, hash }) => [name, hash]));
  const entry = (change: ItemChange['change']) => (name: string) => ({
    sequence,
    time: isoOf(timeMs),
    list,
    name,
    change,
    hash_before: before.get(name) ?? null,
    hash_after: after.get(name) ?? null,
  });
  return [
    ...added.map(entry('added')),
    ...changed.map(entry('changed')),
    ...removed.map(entry('removed')),
  ];
}
