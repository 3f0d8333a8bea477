/** Who may call what: the one table of all routes, and the rule for the client side. */
import type { Client, Clients } from './access/clients.ts';
import type { Config } from './config.ts';
import type { LocalOnly } from './access/localOnly.ts';

/**
 * `public` anybody; `client` a client key or an operator; `operator` a session, or this machine where the gateway
 * is open; `metrics` this machine, METRICS_TOKEN or an operator; `alias` what the route it leads to says.
 */
export type Level = 'public' | 'client' | 'operator' | 'metrics' | 'alias';

const table: Readonly<Record<string, Level>> = {
  'ALL /v1/*': 'client',
  'ALL /v1beta/*': 'client',
  'ALL /upload/*': 'client',
  'ALL /ws/*': 'client',
  'ALL //ws/*': 'client',
  'ALL /mcp': 'client',
  'ALL /mcp/:server': 'client',

  'GET /': 'public',
  'GET /console': 'public',
  'GET /console/*': 'public',
  'GET /console/assets/:asset': 'public',
  'GET /health': 'public',
  'GET /ready': 'public',
  'GET /metrics': 'metrics',
  'GET /docs': 'public',
  'GET /docs/json': 'public',
  'GET /docs/:asset': 'public',

  'POST /api/login': 'public',
  'POST /api/logout': 'operator',

  'GET /api/providers': 'operator',
  'POST /api/providers': 'operator',
  'GET /api/providers/:id': 'operator',
  'PATCH /api/providers/:id': 'operator',
  'DELETE /api/providers/:id': 'operator',
  'POST /api/providers/:id/wake': 'operator',
  'POST /api/providers/:id/reset-breaker': 'operator',

  'GET /api/provider-keys': 'operator',
  'POST /api/provider-keys': 'operator',
  'POST /api/provider-keys/import': 'operator',
  'GET /api/provider-keys/:id': 'operator',
  'PATCH /api/provider-keys/:id': 'operator',
  'DELETE /api/provider-keys/:id': 'operator',
  'POST /api/provider-keys/:id/enable': 'operator',
  'POST /api/provider-keys/:id/disable': 'operator',
  'POST /api/provider-keys/:id/wake': 'operator',
  'POST /api/provider-keys/:id/probe': 'operator',

  'GET /api/keys': 'operator',
  'POST /api/keys': 'operator',
  'GET /api/keys/:id': 'operator',
  'PATCH /api/keys/:id': 'operator',
  'POST /api/keys/:id/rotate': 'operator',
  'DELETE /api/keys/:id': 'operator',

  'GET /api/models': 'operator',
  'POST /api/models': 'operator',
  'GET /api/models/:id': 'operator',
  'PATCH /api/models/:id': 'operator',
  'DELETE /api/models/:id': 'operator',

  'GET /api/conversations': 'client',
  'POST /api/conversations': 'client',
  'GET /api/conversations/:id': 'client',
  'PATCH /api/conversations/:id': 'client',
  'DELETE /api/conversations/:id': 'client',
  'POST /api/conversations/:id/archive': 'client',
  'POST /api/conversations/:id/unarchive': 'client',
  'POST /api/conversations/:id/fork': 'client',
  'GET /api/conversations/:id/export': 'client',
  'POST /api/conversations/:id/messages': 'client',
  'GET /api/conversations/:id/messages': 'client',
  'GET /api/conversations/:id/turns/:turn': 'client',
  'GET /api/conversations/:id/turns/:turn/events': 'client',
  'POST /api/conversations/:id/turns/:turn/cancel': 'client',

  'GET /api/servers': 'client',
  'GET /api/mcp/status': 'client',
  'GET /api/mcp/tools': 'client',
  'GET /api/mcp/tools/:id': 'client',
  'POST /api/mcp/tools/:id/execute': 'client',
  'POST /api/mcp/:server': 'client',
  'GET /api/mcp/sessions': 'operator',
  'GET /api/mcp/servers': 'operator',
  'POST /api/mcp/servers': 'operator',
  'GET /api/mcp/servers/:id': 'operator',
  'PUT /api/mcp/servers/:id': 'operator',
  'DELETE /api/mcp/servers/:id': 'operator',
  'POST /api/mcp/servers/:id/connect': 'operator',
  'POST /api/mcp/servers/:id/disconnect': 'operator',
  'GET /api/mcp/servers/:id/status': 'operator',
  'GET /api/mcp/servers/:id/tools': 'operator',
  'PUT /api/mcp/servers/:id/tools/:tool': 'operator',
  'GET /api/mcp/servers/:id/changes': 'operator',
  'GET /api/mcp/calls': 'client',
  'GET /api/mcp/calls/:id': 'client',
  'GET /api/mcp/calls/:id/body': 'operator',
  'GET /api/mcp/servers/:id/stderr': 'operator',

  'GET /api/webhooks': 'operator',
  'POST /api/webhooks/test': 'operator',
  'POST /api/webhooks/secret': 'operator',

  'GET /api/settings': 'operator',
  'GET /api/settings/:name': 'operator',
  'PATCH /api/settings/:name': 'operator',
  'PUT /api/settings/:name': 'operator',
  'DELETE /api/settings/:name': 'operator',

  'GET /api/events': 'operator',
  'GET /api/live': 'operator',
  'GET /api/snapshot': 'operator',
  'GET /api/actors': 'operator',
  'GET /api/actors/conversation': 'client',
  'GET /api/actors/conversation/machine': 'client',
  'GET /api/actors/conversation/:id': 'client',
  'GET /api/actors/conversation/:id/events': 'client',
  'GET /api/actors/conversation/:id/at': 'client',
  'GET /api/actors/:kind': 'operator',
  'GET /api/actors/:kind/machine': 'operator',
  'GET /api/actors/:kind/at': 'operator',
  'GET /api/actors/:kind/:id': 'operator',
  'GET /api/actors/:kind/:id/events': 'operator',
  'GET /api/actors/:kind/:id/at': 'operator',
  'GET /api/logs': 'client',
  'GET /api/logs/:id': 'client',
  'GET /api/logs/:id/body': 'operator',
  'GET /api/stats': 'client',

  'ALL /api/v1/*': 'alias',
  'ALL /middleware/api/*': 'alias',
  'POST /middleware/login': 'alias',
  'POST /middleware/logout': 'alias',
  'GET /middleware': 'public',
  'GET /middleware/swagger': 'public',
  'GET /middleware/login': 'public',
  'GET /middleware/settings': 'public',
  'GET /middleware/mcp/servers': 'public',
  'GET /middleware/mcp/tools': 'public',
  'GET /middleware/mcp/logs': 'public',
};

/** Every row, as `METHOD /template`. */
export const rows: readonly string[] = Object.keys(table);

/** @throws for a route without a row, which therefore answers nobody. */
export function levelOf(method: string, route: string): Level {
  const level = table[`${method === 'HEAD' ? 'GET' : method} ${route}`];
  if (level === undefined) throw new Error(`server/access.ts has no row for ${method} ${route}`);
  return level;
}

/** What the client side makes of a request. */
export type ClientStanding =
  | Readonly<{ kind: 'client'; client: Client }>
  | Readonly<{ kind: 'open' }>
  | Readonly<{ kind: 'unknown-key' | 'expired-key' | 'no-key' }>
  | Readonly<{ kind: 'not-local'; reason: string }>;

const standingOf = { unknown: 'unknown-key', expired: 'expired-key', missing: 'no-key' } as const;

export type ClientSide = (headers: Headers, search: string) => ClientStanding;

/**
 * A known client key is always let in. Without one the gateway must be open: no password, no client keys, and a
 * request that comes from this machine; or its client side opened by MCP_DISABLE_AUTH.
 */
export function createClientSide(
  { clientAuthDisabled, mode }: Pick<Config, 'clientAuthDisabled' | 'mode'>,
  clients: Clients,
  localOnly: LocalOnly,
): ClientSide {
  return (headers, search) => {
    if (clients.exist()) {
      const client = clients.identify(headers, search);
      if (typeof client === 'object') return { kind: 'client', client };
      if (clientAuthDisabled) return { kind: 'open' };
      return { kind: standingOf[client] };
    }
    if (clientAuthDisabled) return { kind: 'open' };
    if (mode !== 'open') return { kind: 'no-key' };
    const reason = localOnly(headers);
    return reason === undefined ? { kind: 'open' } : { kind: 'not-local', reason };
  };
}
