/** Whoever wants something of a server: a session of a client, or one request that needs none. */
import type { ActorId } from '../../events/ids.ts';
import type { McpEra } from '../../events/mcpServer.ts';
import type { Client } from '../access/clients.ts';
import type { Incoming } from './rpc/peer.ts';
import type { RpcAnswer, RpcNotification, RpcRequest } from './rpc/message.ts';
import type { Identity, UpstreamSession } from './upstream/session.ts';

export type Asker = Readonly<{
  /** Connections that this asker causes are of no other key: what a server keeps of one, no other one meets. */
  key: string;
  /** Null where the gateway is open, and for an operator. */
  client: Client | null;
  era: McpEra;
  /** The revision that was agreed on; left out for the newest. */
  protocolVersion?: string;
  via: 'mcp' | 'rest';
  identity: Identity;
  /** What a server asks outside of every request of this asker. */
  onRequest(server: ActorId, request: RpcRequest, context: Incoming): Promise<RpcAnswer>;
  onNotification(server: ActorId, notification: RpcNotification): void;
  /** Says itself when it is over; the connections of any other end once they are idle. */
  isSession?: boolean;
  /** A connection of its own was opened: told before the first request. */
  onOpen?(server: ActorId, session: UpstreamSession): Promise<void>;
}>;
