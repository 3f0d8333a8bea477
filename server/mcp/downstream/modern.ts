/** Clients without a session: each request says who makes it, and is whole in itself. */
import type { InboundModernRoute } from '@modelcontextprotocol/server';
import type { Client } from '../../access/clients.ts';
import type { Asker } from '../asker.ts';
import type { View } from '../catalog.ts';
import {
  failed,
  internalError,
  isObject,
  metaOf,
  methodNotFound,
  type Json,
  type RpcAnswer,
  type RpcRequest,
} from '../rpc/message.ts';
import { Cancelled } from '../rpc/link.ts';
import { CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY } from '../rpc/words.ts';
import { modernVersion } from '../upstream/session.ts';
import type { Handler } from './handler.ts';
import { discoverResult, type Introduction } from './introduce.ts';
import type { Listening } from './listen.ts';
import { headerFault, headerMismatch } from './modernHeaders.ts';
import { createReply, type Reply } from './reply.ts';

export type Modern = Readonly<{
  handle(
    request: Request,
    view: View,
    client: Client | null,
    route: InboundModernRoute,
  ): Promise<Response>;
}>;

type Options = Readonly<{
  handler: Handler;
  introduce: (view: View) => Introduction;
  listening: Listening;
  onError: (error: unknown, about: string) => void;
}>;

const unsupportedVersion = -32022;
const missingCapability = -32021;

/** Errors that the transport's own status says too. */
const statuses: Readonly<Record<number, number>> = {
  [methodNotFound]: 404,
  [missingCapability]: 400,
  [unsupportedVersion]: 400,
  [headerMismatch]: 400,
};
/** Removed with the sessions: a modern client that asks for them is told so by every server. */
const removed = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

const statusOf = (answer: RpcAnswer): number =>
  'error' in answer ? (statuses[answer.error.code] ?? 200) : 200;

const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

export function modernAsker(client: Client | null, params: Json | undefined): Asker {
  const meta = metaOf(params);
  return {
    // Without a session: a server that keeps something keeps it for this client key.
    key: `client:${client?.keyId ?? ''}`,
    client,
    era: 'modern',
    via: 'mcp',
    identity: {
      clientInfo: objectOf(meta[CLIENT_INFO_META_KEY] ?? { name: 'unknown', version: '0' }),
      capabilities: objectOf(meta[CLIENT_CAPABILITIES_META_KEY]),
    },
    onRequest: async (_server, { method }) =>
      failed(methodNotFound, `this client keeps no session, it cannot be asked for ${method}`),
    onNotification() {},
  };
}

export function createModern({ handler, introduce, listening, onError }: Options): Modern {
  const serve = async (
    view: View,
    client: Client | null,
    request: RpcRequest,
    reply: Reply,
    headers: Headers,
  ): Promise<RpcAnswer> => {
    const { method, params } = request;
    if (method === 'server/discover') return { result: discoverResult(introduce(view)) };
    if (removed.has(method)) return failed(methodNotFound, 'Method not found');
    const asker = modernAsker(client, params);
    const progressToken = metaOf(params)['progressToken'];
    return handler(view, asker, request, {
      signal: reply.signal,
      heard: headers,
      ...(progressToken !== undefined && {
        onProgress: (told: Json) =>
          reply.tell({
            jsonrpc: '2.0',
            method: 'notifications/progress',
            params: { ...told, progressToken },
          }),
      }),
      onNotification: (notification) => reply.tell(notification),
      onRequest: (asked, context) => asker.onRequest('' as never, asked, context),
    });
  };

  return {
    async handle(http, view, client, route) {
      if (route.messageKind === 'notification') return new Response(null, { status: 202 });
      const request = route.message as RpcRequest;
      const { id } = request;
      const reply = createReply(http);
      const { revision } = route.classification;
      if (revision !== modernVersion) {
        const data = { supported: [modernVersion], requested: revision ?? 'unknown' };
        reply.finish(id, failed(unsupportedVersion, 'Unsupported protocol version', data), 400);
        return reply.response;
      }
      const fault = headerFault(http.headers, request);
      if (fault !== undefined) {
        reply.finish(id, failed(headerMismatch, fault), 400);
        return reply.response;
      }
      if (request.method === 'subscriptions/listen') {
        const asker = modernAsker(client, request.params);
        listening.open(view, asker, request, introduce(view).capabilities, reply);
        return reply.response;
      }
      serve(view, client, request, reply, http.headers).then(
        (answer) => reply.finish(id, answer, statusOf(answer)),
        (error: unknown) => {
          if (!(error instanceof Cancelled)) onError(error, `answering ${request.method}`);
          reply.finish(id, failed(internalError, 'the gateway failed'), 500);
        },
      );
      return reply.response;
    },
  };
}
