/** Numbers about calls of MCP tools, by server and tool. */
import type { ToolCalled } from '../../events/traffic.ts';
import { createCounters, createHistogram } from './counters.ts';
import type { Family } from './metrics.ts';

const boundsS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Servers name their tools as they like; beyond so many they count together. */
const maxTools = 500;
const otherTools = '_other';

export type ToolMetrics = Readonly<{
  count(call: ToolCalled): void;
  families: readonly Family[];
}>;

export function createToolMetrics(): ToolMetrics {
  const duration = 'signalbox_mcp_tool_call_duration_seconds';
  const calls = createCounters('server', 'tool', 'outcome');
  const durations = createHistogram(duration, boundsS, 'server', 'tool');
  const known = new Map<string, Set<string>>();
  let tools = 0;

  const toolLabel = (server: string, tool: string): string => {
    const ofServer = known.get(server) ?? new Set();
    if (ofServer.has(tool)) return tool;
    if (tools >= maxTools) return otherTools;
    tools += 1;
    known.set(server, ofServer.add(tool));
    return tool;
  };

  return {
    count({ data }) {
      const { server, outcome, isError, durationMs } = data;
      const tool = toolLabel(server, data.tool);
      calls.add(1, server, tool, isError ? 'tool_error' : outcome);
      durations.observe(durationMs / 1_000, server, tool);
    },
    families: [
      {
        name: 'signalbox_mcp_tool_calls_total',
        help: 'Calls of MCP tools by server, tool and outcome; tool_error is the tool’s own word',
        type: 'counter',
        samples: calls.samples,
      },
      {
        name: duration,
        help: 'Calls of MCP tools, from the first byte in to the answer',
        type: 'histogram',
        samples: durations.samples,
      },
    ],
  };
}
