/** Who may use the AI side of the gateway: the rule of `access.ts`, in the words of an AI vendor. */
import { createClientSide } from './access.ts';
import type { Client, Clients } from './clients.ts';
import type { Config } from './config.ts';
import type { LocalOnly } from './localOnly.ts';
import type { GatewayError } from './proxy/dialect.ts';
import { forbidden, unauthorized } from './proxy/gatewayErrors.ts';

export type Admit = (headers: Headers, search: string) => Client | null | GatewayError;

export function createAdmit(config: Config, clients: Clients, localOnly: LocalOnly): Admit {
  const clientSide = createClientSide(config, clients, localOnly);
  return (headers, search) => {
    const standing = clientSide(headers, search);
    switch (standing.kind) {
      case 'client':
        return standing.client;
      case 'open':
        return null;
      case 'not-local':
        return forbidden(standing.reason);
      case 'unknown-key':
      case 'no-key':
        return unauthorized(standing.kind === 'unknown-key');
      default:
        return standing satisfies never;
    }
  };
}
