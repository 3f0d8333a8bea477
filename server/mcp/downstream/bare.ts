/** A request with neither session nor the word of a revision, such as curl sends: answered at once, as JSON. */
import type { Client } from '../../access/clients.ts';
import type { View } from '../catalog.ts';
import { failed, internalError, isRequest, messageOf, type Json } from '../rpc/message.ts';
import type { Handler } from './handler.ts';
import { initializeResult, type Introduction } from './introduce.ts';
import { modernAsker } from './modern.ts';
import { createReply } from './reply.ts';

export type Bare = (
  request: Request,
  view: View,
  client: Client | null,
  body: unknown,
) => Promise<Response>;

type Options = Readonly<{
  handler: Handler;
  introduce: (view: View) => Introduction;
  onError: (error: unknown, about: string) => void;
}>;

const withoutSession: Json = {};

export function createBare({ handler, introduce, onError }: Options): Bare {
  return async (http, view, client, body) => {
    const message = messageOf(body);
    if (!message) {
      const error = { code: -32600, message: 'The body is no JSON-RPC message' };
      return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 400 });
    }
    if (!isRequest(message)) return new Response(null, { status: 202 });
    const { id, method } = message;
    const reply = createReply(http, false);
    if (method === 'initialize') {
      const version = message.params?.['protocolVersion'];
      const agreed = typeof version === 'string' ? version : '2025-11-25';
      reply.finish(id, { result: initializeResult(introduce(view), agreed) });
      return reply.response;
    }
    const asker = { ...modernAsker(client, withoutSession), era: 'legacy' } as const;
    handler(view, asker, message, {
      signal: reply.signal,
      onNotification() {},
      onRequest: (asked, context) => asker.onRequest('' as never, asked, context),
    }).then(
      (answer) => reply.finish(id, answer),
      (error: unknown) => {
        onError(error, `answering ${method}`);
        reply.finish(id, failed(internalError, 'the gateway failed'), 500);
      },
    );
    return reply.response;
  };
}
