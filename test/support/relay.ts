/** A way to a server that can be cut: every connection over it at once. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Relay = Readonly<{
  url: string;
  cut: () => void;
  /** May be called twice. */
  stop: () => void;
}>;

/** @param to Where the server listens, as it is named in an address. */
export async function startRelay(to: string): Promise<Relay> {
  const { hostname: host, port } = new URL(to);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect({ host, port: Number(port) });
    keep(near, far);
    keep(far, near);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    stop() {
      server.close();
      cut();
    },
  };
}
