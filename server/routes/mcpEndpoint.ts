/** `/mcp` and `/mcp/{server}`: Bun's own routes, because what passes here is neither parsed nor checked by a schema. */
import type { Server } from 'bun';
import type { Mcp } from '../mcp/mcp.ts';

type McpRoute = (request: Request, server: Server<unknown>) => Promise<Response>;

export const mcpPaths = ['/mcp', '/mcp/:server'] as const;

/**
 * An answer may be silent for long, and a stream of events longer.
 * @param prefix Below which MCP is served instead of at the root; who does not know it finds nothing.
 */
export function mcpEndpointRoutes(
  { endpoint }: Pick<Mcp, 'endpoint'>,
  prefix: string | null,
): Record<string, McpRoute> {
  const root = prefix === null ? '/mcp' : `/${prefix}/mcp`;
  const pass =
    (isOne: boolean): McpRoute =>
    (request, server) => {
      server.timeout(request, 0);
      const { pathname } = new URL(request.url);
      return endpoint(request, isOne ? pathname.slice(root.length + 1) : null);
    };
  return { [root]: pass(false), [`${root}/:server`]: pass(true) };
}
