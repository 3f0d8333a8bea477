/** Who may use the client side of the gateway. */
import type { Client, Clients } from './clients.ts';
import type { Config } from './config.ts';
import type { LocalOnly } from './localOnly.ts';
import type { GatewayError } from './proxy/dialect.ts';
import { forbidden, unauthorized } from './proxy/gatewayErrors.ts';

export type Admit = (headers: Headers, search: string) => Client | null | GatewayError;

/**
 * A known client key is always let in. Without one the gateway must be open: no password, no client keys, and a
 * request that comes from this machine; or its client side opened by MCP_DISABLE_AUTH.
 */
export function createAdmit(config: Config, clients: Clients, localOnly: LocalOnly): Admit {
  const { clientAuthDisabled, mode } = config;
  return (headers, search) => {
    if (clients.exist()) {
      const client = clients.identify(headers, search);
      if (typeof client === 'object') return client;
      return clientAuthDisabled ? null : unauthorized(client === 'unknown');
    }
    if (clientAuthDisabled) return null;
    if (mode !== 'open') return unauthorized(false);
    const wrong = localOnly(headers);
    return wrong === undefined ? null : forbidden(wrong);
  };
}
