/** A server behind a URL, by the two endpoints of 2024-11-05: one stream of events down, a POST for each message up. */
import { SSEClientTransport, SseError, type JSONRPCMessage } from '@modelcontextprotocol/client';
import { LinkDown, NeedsAuth, type Link } from '../rpc/link.ts';
import type { RpcMessage } from '../rpc/message.ts';
import { linkError, type Dial } from './http.ts';

type Options = Readonly<{
  url: URL;
  headers: Readonly<Record<string, string>>;
  dial: Dial;
}>;

export function sseLink({ url, headers, dial }: Options): Link {
  let unreached: unknown;
  const transport = new SSEClientTransport(url, {
    // The transport keeps to itself why it could not be reached.
    fetch: (to, init) =>
      dial(to, init).catch((error: unknown) => {
        unreached = error;
        throw error;
      }),
    requestInit: { headers: { ...headers } },
  });
  let isOver = false;

  return {
    async open(listener) {
      const down = (reason: string) => {
        if (isOver) return;
        isOver = true;
        // It would dial again by itself; what was under way is lost all the same.
        void transport.close();
        listener.onClose(reason);
      };
      transport.onmessage = (message) => listener.onMessage(message as RpcMessage);
      try {
        await transport.start();
      } catch (error) {
        isOver = true;
        await transport.close();
        if (unreached !== undefined) throw linkError(unreached, false);
        if (error instanceof SseError && error.code === 401)
          throw new NeedsAuth('it wants a credential (HTTP 401)');
        if (error instanceof SseError)
          throw new LinkDown(
            `its stream could not be opened${error.code ? ` (HTTP ${error.code})` : ''}`,
            { cause: error },
          );
        throw linkError(error, false);
      }
      transport.onerror = (error) => {
        if (error instanceof SseError) down('its stream of events ended');
      };
      transport.onclose = () => down('its stream of events ended');
    },
    async send(message) {
      try {
        await transport.send(message as JSONRPCMessage);
      } catch (error) {
        throw linkError(error, false);
      }
    },
    agreedOn: (version) => transport.setProtocolVersion(version),
    async close() {
      isOver = true;
      await transport.close();
    },
  };
}
