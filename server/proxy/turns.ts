/** What a proxied request is in a conversation, where its client says that it belongs to one. */
import type { Client } from '../access/clients.ts';
import type { Caller } from './attempt.ts';
import type { GatewayError } from './dialect.ts';
import type { Exchange } from './exchange.ts';
import type { Incoming } from './incoming.ts';

export type ProxiedTurn = Readonly<{
  /** As the request's own, and gone as well when the turn is ended by somebody else. */
  caller: Caller;
  /** The same answer, written down while it passes. */
  pass(answered: Promise<Response>): Promise<Response>;
}>;

export type Turns = Readonly<{
  /** Its question is in the log before anybody is asked. Null for a request that is no turn. */
  begin(
    exchange: Exchange,
    incoming: Incoming,
    client: Client | null,
    caller: Caller,
  ): Promise<ProxiedTurn | GatewayError | null>;
}>;
