/** The variables of the MCP side; a part of the one table. */
import { row } from './row.ts';
import {
  parseBackends,
  parseBoolean,
  parseHost,
  parsePathPrefix,
  parseText,
  type Parse,
} from './values.ts';

const optional = <T>(parse: Parse<T>): Parse<T | null> => parse;
const secret = { secret: true };

export const mcpTable = {
  mcpConfigPath: row(
    'MCP_CONFIG_PATH',
    parseText,
    'mcp_config.json',
    "MCP servers in Claude's mcpServers format, JSON or YAML",
  ),
  mcpLiveReload: row(
    'MCP_LIVE_RELOAD',
    parseBoolean,
    true,
    'take over changes of that file while running',
  ),
  mcpBuiltIn: row(
    'MCP_BUILT_IN',
    parseBoolean,
    true,
    'offer the conversations of the gateway as an MCP server of its own, claude-api-gateway',
  ),
  mcpHandoverHost: row(
    'MCP_HANDOVER_HOST',
    parseHost,
    '127.0.0.1',
    'address at which other gateways reach this one for the MCP sessions that it holds',
  ),
  mcpUsersPath: row(
    'MCP_USERS_PATH',
    optional(parseText),
    null,
    'JSON file of clients and their tools: {"client-id": {"name", "allowed_tools": ["*"]}}; a client not in it has none',
  ),
  mcpPathPrefix: row(
    'MCP_PATH_PREFIX',
    optional(parsePathPrefix),
    null,
    'MCP is served at /{prefix}/mcp and not at /mcp',
    secret,
  ),
  mcpBackends: row(
    'MCP_BACKENDS',
    parseBackends,
    [],
    'backends of one pool of MCP servers: name1:url1,name2:url2',
  ),
} as const;
