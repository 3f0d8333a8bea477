/** How one tool is called: its own rules before those of its server, and those before the usual ones. */
import type { McpCallRules, McpServerSettings } from '../../../events/mcpServer.ts';
import type { Offer } from '../catalog.ts';
import { isRepeatable } from './results.ts';

export type UsualCalls = Readonly<{
  mcpCallMs: number;
  mcpCallMostMs: number;
  mcpCacheSeconds: number;
}>;

export type ToolRules = Readonly<{ timeoutMs: number; mostMs: number; cacheMs: number }>;

type Times = Pick<McpCallRules, 'timeoutMs' | 'mostMs'>;
const timesOf = (usual: UsualCalls, own?: Times, ofServer?: Times) => {
  const timeoutMs = own?.timeoutMs ?? ofServer?.timeoutMs ?? usual.mcpCallMs;
  const mostMs = own?.mostMs ?? ofServer?.mostMs ?? usual.mcpCallMostMs;
  // Who allows a longer silence than the cap meant the call to last that long.
  return { timeoutMs, mostMs: Math.max(mostMs, timeoutMs) };
};

/** Of requests that are no calls of tools. */
export const serverTimes = (settings: McpServerSettings | undefined, usual: UsualCalls) =>
  timesOf(usual, undefined, settings?.calls);

export function toolRules(
  tool: Pick<Offer, 'own' | 'item'>,
  settings: McpServerSettings | undefined,
  usual: UsualCalls,
): ToolRules {
  const ofServer = settings?.calls;
  const own = ofServer?.tools.find(({ name }) => name === tool.own);
  const usualCacheMs = ofServer?.cacheMs ?? usual.mcpCacheSeconds * 1_000;
  return {
    ...timesOf(usual, own, ofServer),
    cacheMs: own?.cacheMs ?? (isRepeatable(tool) ? usualCacheMs : 0),
  };
}
