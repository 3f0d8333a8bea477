/** `/mcp` and `/mcp/{server}`: Bun's own routes, because what passes here is neither parsed nor checked by a schema. */
import type { Server } from 'bun';
import type { Mcp } from '../mcp/mcp.ts';

type McpRoute = (request: Request, server: Server<unknown>) => Promise<Response>;

export const mcpPaths = ['/mcp', '/mcp/:server'] as const;

/** An answer may be silent for long, and a stream of events longer. */
export function mcpEndpointRoutes({ endpoint }: Pick<Mcp, 'endpoint'>): Record<string, McpRoute> {
  const pass =
    (isOne: boolean): McpRoute =>
    (request, server) => {
      server.timeout(request, 0);
      const { pathname } = new URL(request.url);
      return endpoint(request, isOne ? pathname.slice('/mcp/'.length) : null);
    };
  return { '/mcp': pass(false), '/mcp/:server': pass(true) };
}
