/** `/mcp` and `/mcp/{server}`: who may come in, which era a request is of, and who answers it. */
import { classifyInboundRequest, isJsonContentType } from '@modelcontextprotocol/server';
import type { Admit } from '../../access/admit.ts';
import type { Client } from '../../access/clients.ts';
import { isActorId } from '../../../events/ids.ts';
import type { Catalog, View } from '../catalog.ts';
import type { Bare } from './bare.ts';
import type { LegacySessions } from './legacySessions.ts';
import type { Modern } from './modern.ts';

export type Endpoint = (request: Request, server: string | null) => Promise<Response>;

type Options = Readonly<{
  admit: Admit;
  originFault: (headers: Headers) => string | undefined;
  catalog: Catalog;
  legacy: LegacySessions;
  modern: Modern;
  bare: Bare;
  bodyLimitBytes: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const refused = (
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });

const tooLarge = (limitBytes: number): Response =>
  refused(413, -32000, `The request body is larger than ${limitBytes} bytes (BODY_LIMIT_BYTES).`);

async function bodyOf(request: Request, limitBytes: number): Promise<Uint8Array | Response> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return tooLarge(limitBytes);
  if (request.headers.has('content-length')) return request.bytes();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limitBytes) return tooLarge(limitBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

export function createEndpoint(options: Options): Endpoint {
  const { admit, originFault, catalog, legacy, modern, bare, bodyLimitBytes } = options;

  const post = async (request: Request, view: View, client: Client | null): Promise<Response> => {
    const { headers } = request;
    if (!isJsonContentType(headers.get('content-type')))
      return refused(415, -32000, 'Send the message as application/json.');
    const bytes = await bodyOf(request, bodyLimitBytes());
    if (bytes instanceof Response) return bytes;
    const body = parsed(bytes);
    if (!body) return refused(400, -32700, 'Parse error: the body is not valid JSON');
    const protocolVersionHeader = headers.get('mcp-protocol-version');
    const mcpMethodHeader = headers.get('mcp-method');
    const mcpNameHeader = headers.get('mcp-name');
    const route = classifyInboundRequest({
      httpMethod: 'POST',
      ...(protocolVersionHeader !== null && { protocolVersionHeader }),
      ...(mcpMethodHeader !== null && { mcpMethodHeader }),
      ...(mcpNameHeader !== null && { mcpNameHeader }),
      body: body.value,
    });
    if (route.kind === 'modern') return modern.handle(request, view, client, route);
    if (route.kind === 'reject') {
      const { httpStatus, code, message, data } = route;
      const asked = body.value as { id?: unknown } | null;
      const id = typeof asked?.id === 'string' || typeof asked?.id === 'number' ? asked.id : null;
      const error = { code, message, ...(data !== undefined && { data }) };
      return Response.json({ jsonrpc: '2.0', error, id }, { status: httpStatus });
    }
    const isOfSession =
      headers.has('mcp-session-id') || headers.get('accept')?.includes('text/event-stream');
    return isOfSession
      ? legacy.handle(request, view, client, body.value)
      : bare(request, view, client, body.value);
  };

  return async (request, server) => {
    const { headers, method } = request;
    const fault = originFault(headers);
    if (fault !== undefined) return refused(403, -32000, `Refused: ${fault}.`);
    const admitted = await admit(headers, new URL(request.url).search);
    if (admitted && 'status' in admitted) {
      const challenge: Record<string, string> =
        admitted.status === 401 ? { 'www-authenticate': 'Bearer realm="signalbox"' } : {};
      return refused(admitted.status, -32001, admitted.message, challenge);
    }
    if (server !== null && (!isActorId(server) || !catalog.server(server)))
      return refused(404, -32000, `There is no MCP server ${server.slice(0, 100)} here.`);
    const view = server as View;
    if (method === 'POST') return post(request, view, admitted);
    if (method === 'GET' || method === 'DELETE')
      return headers.has('mcp-session-id')
        ? legacy.handle(request, view, admitted, undefined)
        : refused(method === 'GET' ? 405 : 400, -32000, 'Bad Request: it names no session');
    return refused(405, -32000, 'Method not allowed.', { allow: 'GET, POST, DELETE' });
  };
}
