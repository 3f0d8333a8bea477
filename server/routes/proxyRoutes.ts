/**
 * The AI side: whatever an SDK of a vendor asks for, as it comes. These paths are Bun's own routes and not Elysia's:
 * nothing is parsed, validated or mapped here, and what the management routes want of each request (a third of the
 * time of a small one) is not paid for.
 */
import type { Server } from 'bun';
import { isUpgrade, type Session } from '../realtime/realtime.ts';
import type { Services } from '../services.ts';

export type ProxyRoute = (
  request: Request,
  server: Server<Session>,
) => Promise<Response | undefined>;

/** Google's SDK writes the path of a Live session with two slashes. */
export const proxyPaths = ['/v1/*', '/v1beta/*', '/upload/*', '/ws/*', '//ws/*'] as const;

/** A request whose body is in may wait for its answer as long as the proxy's own limits let it. */
export function proxyRoutes({
  proxy,
  realtime,
}: Pick<Services, 'proxy' | 'realtime'>): Readonly<Record<string, ProxyRoute>> {
  const pass: ProxyRoute = (request, server) =>
    isUpgrade(request)
      ? realtime.accept(request, server)
      : proxy(request, () => server.timeout(request, 0));
  return Object.fromEntries(proxyPaths.map((path) => [path, pass]));
}
