/** Who may use the AI side of the gateway: the rule of `access.ts`, in the words of an AI vendor. */
import type { ClientSide } from '../access.ts';
import { bearerOf, cookieOf, isSameSite } from './callers.ts';
import type { Client } from './clients.ts';
import type { GatewayError } from '../proxy/dialect.ts';
import { forbidden, unauthorized } from '../proxy/gatewayErrors.ts';
import { keyExpired } from './refusals.ts';
import type { Sessions } from './sessions.ts';

type Admitted = Client | null | GatewayError;

/** At once for a client key; a promise only for what may be a session. */
export type Admit = (headers: Headers, search: string) => Admitted | Promise<Admitted>;

export function createAdmit(clientSide: ClientSide, sessions: Pick<Sessions, 'verify'>): Admit {
  /** An operator may use what clients may. */
  const bySession = async (token: string, refused: GatewayError): Promise<Admitted> =>
    typeof (await sessions.verify(token)) === 'object' ? null : refused;

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
      case 'expired-key':
      case 'no-key': {
        const isExpired = standing.kind === 'expired-key';
        const refused = isExpired ? keyExpired : unauthorized(standing.kind === 'unknown-key');
        const token = bearerOf(headers) ?? (isSameSite(headers) ? cookieOf(headers) : undefined);
        return token?.split('.').length === 3 ? bySession(token, refused) : refused;
      }
      default:
        return standing satisfies never;
    }
  };
}
