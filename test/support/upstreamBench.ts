/** Asks servers on bare sockets with the HTTP client of the request path. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  transportFault,
  type UpstreamAnswer,
  type UpstreamRequest,
} from '../../server/proxy/upstream.ts';
import { createUpstreamClient, type UpstreamClient } from '../../server/upstream/client.ts';
import { startVendor, type Vendor } from './vendor.ts';

export type Bench = Readonly<{
  client: (connectMs?: number) => UpstreamClient;
  vendorThat: (script: Parameters<typeof startVendor>[0]) => Promise<Vendor>;
  /** Answers its port; told each connection, and the how manieth it is. */
  serverThat: (serve: (socket: Socket, nth: number) => void) => Promise<number>;
  stop: () => Promise<void>;
}>;

export function upstreamBench(): Bench {
  const clients: UpstreamClient[] = [];
  const vendors: Vendor[] = [];
  const servers: Server[] = [];
  return {
    client(connectMs = 5_000) {
      const client = createUpstreamClient({ connectMs: () => connectMs, now: Date.now });
      clients.push(client);
      return client;
    },
    async vendorThat(script) {
      const vendor = await startVendor(script);
      vendors.push(vendor);
      return vendor;
    },
    async serverThat(serve) {
      let count = 0;
      const server = createServer((socket) => {
        socket.on('error', () => {});
        serve(socket, ++count);
      });
      servers.push(server);
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    },
    async stop() {
      for (const client of clients.splice(0)) client.stop();
      for (const vendor of vendors.splice(0)) await vendor.stop();
      for (const server of servers.splice(0)) server.close();
    },
  };
}

export const asking = (url: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: 'POST',
  url,
  headers: 'content-type: text/plain\r\n',
  body: new Uint8Array(Buffer.from('ask')),
  isRepeatable: true,
  ...more,
});

export const never = (): AbortSignal => new AbortController().signal;

/** The whole body, however it comes. */
export const bytesOf = async ({ body }: UpstreamAnswer): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  return (await body?.bytes(Number.POSITIVE_INFINITY)) ?? new Uint8Array();
};

export const textOf = async (answer: UpstreamAnswer): Promise<string> =>
  Buffer.from(await bytesOf(answer)).toString();

export const answerText = (text: string, headers = ''): string =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n${headers}\r\n${text}`;

/** How it failed, `none` when it did not. */
export const faultOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(() => 'none', transportFault);
