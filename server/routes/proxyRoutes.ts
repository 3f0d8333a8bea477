/**
 * The AI side: whatever an SDK of a vendor asks for, as it comes. These paths are Bun's own routes and not Elysia's:
 * nothing is parsed, validated or mapped here, and what the management routes want of each request (a third of the
 * time of a small one) is not paid for.
 */
import type { Server } from 'bun';
import type { Services } from '../services.ts';

export type ProxyRoute = (request: Request, server: Server<unknown>) => Promise<Response>;

export const proxyPaths = ['/v1/*', '/v1beta/*', '/upload/*'] as const;

/** A request whose body is in may wait for its answer as long as the proxy's own limits let it. */
export function proxyRoutes({
  proxy,
}: Pick<Services, 'proxy'>): Readonly<Record<string, ProxyRoute>> {
  const pass: ProxyRoute = (request, server) => proxy(request, () => server.timeout(request, 0));
  return Object.fromEntries(proxyPaths.map((path) => [path, pass]));
}
