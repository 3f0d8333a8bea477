/** Opens the gateway's doors. */
import type { App } from './app.ts';
import { urlOf, type Config } from './config.ts';
import type { Realtime } from './realtime/realtime.ts';

export function listen(
  app: App,
  { host, port, workers }: Config,
  { handler }: Pick<Realtime, 'handler'>,
) {
  app.listen({
    hostname: host,
    port,
    reusePort: workers > 1,
    // For a body that does not come; once it is in, the routes take the limit off.
    idleTimeout: 30,
    // Larger ones are refused in the caller's dialect, before they are read.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    // Instead of Elysia's own: no route of its is a WebSocket.
    websocket: handler,
  });
  const { server } = app;
  if (!server) throw new Error(`nothing listens on ${host}:${port}`);
  return { server, url: urlOf(host, server.port ?? port) };
}
