/** How the tools of an MCP server are called, as the outside reads it; null is as usual. */
import { t } from 'elysia';
import type { McpCallRules } from '../../events/mcpServer.ts';
import { nullable } from './list.ts';

const times = {
  timeout_ms: nullable(t.Integer()),
  max_timeout_ms: nullable(t.Integer()),
  cache_seconds: nullable(t.Integer()),
};

export const callRulesSchema = {
  ...times,
  max_concurrent: nullable(t.Integer()),
  tool_settings: t.Array(t.Object({ name: t.String(), ...times })),
};

type Times = Pick<McpCallRules, 'timeoutMs' | 'mostMs' | 'cacheMs'>;
const timesOf = ({ timeoutMs, mostMs, cacheMs }: Times) => ({
  timeout_ms: timeoutMs,
  max_timeout_ms: mostMs,
  cache_seconds: cacheMs === null ? null : cacheMs / 1_000,
});
const usual: McpCallRules = {
  timeoutMs: null,
  mostMs: null,
  cacheMs: null,
  maxConcurrent: null,
  tools: [],
};

export const presentCallRules = (rules: McpCallRules = usual) => ({
  ...timesOf(rules),
  max_concurrent: rules.maxConcurrent,
  tool_settings: rules.tools.map((tool) => ({ name: tool.name, ...timesOf(tool) })),
});
