/** How a client is told that a list is another one. */
import type { McpList } from '../../../events/mcpServer.ts';

export const listChanged: Readonly<Record<McpList, string>> = {
  tools: 'notifications/tools/list_changed',
  resources: 'notifications/resources/list_changed',
  resourceTemplates: 'notifications/resources/list_changed',
  prompts: 'notifications/prompts/list_changed',
};
