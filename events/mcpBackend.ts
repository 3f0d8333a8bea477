/** Events of a backend of the MCP pool, as one gateway process sees it. */
import { t, type Static } from './schema.ts';

/** How a backend is reached and what share it has; nothing of it is a secret. */
export const mcpBackendSettings = t.Object({
  /** Its name in the configuration, as a slug. */
  backend: t.String(),
  gateway: t.String(),
  /** Without user, password and the values of its query. */
  url: t.String(),
  /** Its share of new work, against the weights of the others. */
  weight: t.Integer(),
  healthPath: t.String(),
  timeoutMs: t.Integer(),
  source: t.Union([t.Literal('environment'), t.Literal('file')]),
});
export type McpBackendSettings = Readonly<Static<typeof mcpBackendSettings>>;

export const mcpBackendSchemas = {
  /** The configuration names it, names it otherwise, or again; what was known of its health counts no more. */
  McpBackendDeclared: t.Object({
    ...mcpBackendSettings.properties,
    cause: t.Union([
      t.Literal('added'),
      t.Literal('changed'),
      t.Literal('returned'),
      /** The gateway was started again while it was out of use. */
      t.Literal('restarted'),
    ]),
  }),
  /** Which MCP servers are behind it, by their ids. */
  McpBackendServersListed: t.Object({ servers: t.Array(t.String()) }),
  McpBackendHealthy: t.Object({
    /** Good checks in a row. */
    successes: t.Integer(),
    checkedAtMs: t.Integer(),
  }),
  /** It gets nothing new; sessions that it has go on. */
  McpBackendUnhealthy: t.Object({
    reason: t.String(),
    /** Bad checks in a row. */
    failures: t.Integer(),
    checkedAtMs: t.Integer(),
  }),
  /** The configuration names it no more: it keeps the sessions that it has until they end. */
  McpBackendDraining: t.Object({ sessions: t.Integer(), drainingAtMs: t.Integer() }),
  /** Nothing goes to it any more. */
  McpBackendDrained: t.Object({
    /** `ended`: its sessions were over. `deadline`: they were ended. `restarted`: with the gateway. */
    cause: t.Union([t.Literal('ended'), t.Literal('deadline'), t.Literal('restarted')]),
    sessionsEnded: t.Integer(),
  }),
};

type Schemas = typeof mcpBackendSchemas;
export type McpBackendEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
