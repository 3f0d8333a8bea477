/** Events of the connection that one gateway process keeps to one MCP server. */
import { mcpEra, mcpTransport } from './mcpServer.ts';
import { t, type Static } from './schema.ts';

/** Why a connection is opened. */
export const mcpDialCause = t.Union([
  t.Literal('enabled'),
  t.Literal('changed'),
  t.Literal('restarted'),
  t.Literal('retry'),
  t.Literal('operator'),
]);
export type McpDialCause = Static<typeof mcpDialCause>;

/** Why a connection is closed. */
export const mcpHangUpCause = t.Union([t.Literal('disabled'), t.Literal('removed')]);
export type McpHangUpCause = Static<typeof mcpHangUpCause>;

const failure = {
  reason: t.String(),
  /** Failures in a row, this one included. */
  failures: t.Integer(),
  /** Epoch; null when it is not tried again by itself. */
  retryAtMs: t.Union([t.Integer(), t.Null()]),
};

export const mcpConnectionSchemas = {
  /** It is dialled: a program is started, or a URL asked. */
  McpConnectionDialled: t.Object({
    server: t.String(),
    gateway: t.String(),
    cause: mcpDialCause,
    transport: mcpTransport,
    /** The program that is started; null where a URL is asked. */
    command: t.Union([t.String(), t.Null()]),
    dialledAtMs: t.Integer(),
  }),
  McpConnectionReady: t.Object({
    era: mcpEra,
    protocolVersion: t.String(),
    readyAtMs: t.Integer(),
  }),
  /** It could not be opened. */
  McpConnectionFailed: t.Object(failure),
  /** It was open, and ended by itself; of its failures those count that came soon after a start. */
  McpConnectionLost: t.Object(failure),
  /** The server wants a credential that nobody has given. */
  McpConnectionNeedsAuth: t.Object({ reason: t.String() }),
  McpConnectionClosed: t.Object({ cause: mcpHangUpCause }),
};

type Schemas = typeof mcpConnectionSchemas;
export type McpConnectionEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
