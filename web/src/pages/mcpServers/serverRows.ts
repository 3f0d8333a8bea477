/** MCP servers as the table shows them. */
import { groupOf, standOf, type McpServer } from '../../live/mcpStand.ts';
import { byTexts } from '../../words/search.ts';

/** What is started or called, without its secrets. */
export function placeOf({ context }: McpServer): string {
  const { command, args, url, is_pooled: isPooled } = context.settings;
  if (isPooled === true) return 'the pool of backends';
  if (context.settings.transport === 'built-in') return 'this gateway itself';
  if (url !== null) return url;
  return [command ?? '', ...args.map(({ text }) => text ?? '…')].join(' ');
}

/** The same without folders. */
export const shortPlaceOf = (server: McpServer): string =>
  server.context.settings.url !== null
    ? placeOf(server).replace(/^https?:\/\//, '')
    : placeOf(server).replaceAll(/(?<=^|\s)\/\S*\/(?=[^\s/])/g, '');

export const fits = byTexts((server: McpServer) => {
  const stand = standOf(server);
  const tools = server.context.lists['tools'] ?? [];
  return [
    server.id,
    server.context.name,
    stand.status,
    stand.why ?? '',
    placeOf(server),
    ...tools.map(({ name }) => name),
  ];
});

const order = { away: '0', ready: '1', off: '2' } as const;

/** Those that want a look come first. */
export const urgency = (server: McpServer): string =>
  order[groupOf(standOf(server))] + server.context.name.toLowerCase();
