/** A way to a server in this very process: the words of every other link, and who asks comes along. */
import type { Asker } from '../asker.ts';
import { LinkDown, type Link, type LinkListener } from '../rpc/link.ts';
import type { RpcAnswer, RpcId, RpcRequest } from '../rpc/message.ts';
import { createPeer, type Incoming } from '../rpc/peer.ts';

/** Answers one request. `asker` is null where the gateway itself wants to know. */
export type Serve = (
  request: RpcRequest,
  context: Incoming,
  asker: Asker | null,
) => Promise<RpcAnswer>;

export function inProcessLink(
  serve: Serve,
  onError: (error: unknown, about: string) => void,
): Link {
  const askers = new Map<RpcId, Asker>();
  let listener: LinkListener | undefined;

  const far = createPeer({
    link: {
      async send(message, { relatedTo } = {}) {
        listener?.onMessage(message, relatedTo);
      },
    },
    async onRequest(request, context) {
      const asker = askers.get(request.id) ?? null;
      askers.delete(request.id);
      return serve(request, context, asker);
    },
    onNotification() {},
    onError,
  });

  return {
    async open(to) {
      listener = to;
    },
    async send(message, { asker } = {}) {
      if (!listener) throw new LinkDown('it was closed');
      if (asker && 'id' in message) askers.set(message.id, asker);
      far.receive(message);
    },
    async close() {
      listener = undefined;
      far.down('the gateway closed the connection');
    },
  };
}
