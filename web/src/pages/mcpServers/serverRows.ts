/** MCP servers as the table shows them. */
import { groupOf, standOf, type McpServer } from '../../live/mcpStand.ts';

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

export type Filter = Readonly<{ text: string; group: string }>;

export function fits(server: McpServer, { text, group }: Filter): boolean {
  const stand = standOf(server);
  if (group !== '' && groupOf(stand) !== group) return false;
  if (text === '') return true;
  const wanted = text.toLowerCase();
  const tools = server.context.lists['tools'] ?? [];
  return (
    [server.id, server.context.name, stand.status, stand.why ?? '', placeOf(server)].some((one) =>
      one.toLowerCase().includes(wanted),
    ) || tools.some(({ name }) => name.toLowerCase().includes(wanted))
  );
}

const order = { away: '0', ready: '1', off: '2' } as const;

/** Those that want a look come first. */
export const urgency = (server: McpServer): string =>
  order[groupOf(standOf(server))] + server.context.name.toLowerCase();
