/** Single tools that an operator switched, beside what the configuration of their server says. */
import type { McpServerEvent, McpToolSwitch } from '../../events/mcpServer.ts';
import { Refusal } from '../runtime/refusal.ts';
import type { SwitchMcpTool } from './commands.ts';
import type { McpServerContext } from './context.ts';

type Known = Pick<McpServerContext, 'settings' | 'toolSwitches'>;

/** Whether clients see and call it; one that nobody named is on. */
export const isToolOn = ({ settings, toolSwitches }: Known, tool: string): boolean =>
  toolSwitches.find(({ name }) => name === tool)?.isEnabled ?? !settings.toolsOff.includes(tool);

/** Tools that are off now, whoever said so. */
export function toolsOff({ settings, toolSwitches }: Known): readonly string[] {
  if (toolSwitches.length === 0) return settings.toolsOff;
  const switched = new Set(toolSwitches.map(({ name }) => name));
  return [
    ...settings.toolsOff.filter((name) => !switched.has(name)),
    ...toolSwitches.flatMap(({ name, isEnabled }) => (isEnabled ? [] : [name])),
  ];
}

/** Whether the server offers it, or somebody switched it. */
export const isToolKnown = ({ lists, settings, toolSwitches }: McpServerContext, tool: string) =>
  [...lists.tools, ...toolSwitches].some(({ name }) => name === tool) ||
  settings.toolsOff.includes(tool);

/** What the operator's word leads to. */
export function switchTool(
  { tool, isEnabled }: SwitchMcpTool,
  context: McpServerContext,
): McpServerEvent | null {
  if (!isToolKnown(context, tool))
    throw new Refusal('NOT_FOUND', 'the MCP server offers no such tool');
  return isToolOn(context, tool) === isEnabled
    ? null
    : { type: 'McpToolSwitched', data: { tool, isEnabled } };
}

/** The switches after one was moved: what the configuration says anyway needs none. */
export function switchesAfter(
  { settings, toolSwitches }: Known,
  { tool, isEnabled }: Readonly<{ tool: string; isEnabled: boolean }>,
): readonly McpToolSwitch[] {
  const others = toolSwitches.filter(({ name }) => name !== tool);
  const isUsual = isEnabled !== settings.toolsOff.includes(tool);
  return isUsual ? others : [...others, { name: tool, isEnabled }];
}
