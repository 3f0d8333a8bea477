/** `/mcp` and `/mcp/{server}`: who may come in, which era a request is of, and who answers it. */
import type { Admit } from '../../access/admit.ts';
import type { Allowance } from '../../access/allowance.ts';
import type { Client } from '../../access/clients.ts';
import { isActorId } from '../../../events/ids.ts';
import { isTooDeep, mostDepth } from '../call/limits.ts';
import type { Catalog, View } from '../catalog.ts';
import type { Policy } from '../policy.ts';
import { isObject } from '../rpc/message.ts';
import { isJsonType } from '../rpc/words.ts';
import type { Bare } from './bare.ts';
import { classify } from './classify.ts';
import { counted, retryAfterOf } from './counted.ts';
import type { LegacySessions } from './legacySessions.ts';
import type { Modern } from './modern.ts';

export type Endpoint = (request: Request, server: string | null) => Promise<Response>;

type Options = Readonly<{
  admit: Admit;
  /** The limit of requests that come without a client key. */
  anonymous: () => Allowance | null;
  originFault: (headers: Headers) => string | undefined;
  catalog: Catalog;
  policy: Policy;
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

/**
 * What counts as a request of a client: its answers to a server and its notifications do not, or a call that waits for
 * one could never end; nor does a stream that is there to be silent.
 */
function isWork(message: unknown): boolean {
  if (Array.isArray(message)) return message.some(isWork);
  if (!isObject(message) || message['id'] === undefined) return false;
  return typeof message['method'] === 'string' && message['method'] !== 'subscriptions/listen';
}

export function createEndpoint(options: Options): Endpoint {
  const { admit, anonymous, originFault, catalog, policy, legacy, modern, bare, bodyLimitBytes } =
    options;

  const isThere = (server: string, client: Client | null): boolean =>
    isActorId(server) &&
    catalog.server(server) !== undefined &&
    policy.allowsServer(client, server);

  const post = async (
    request: Request,
    view: View,
    client: Client | null,
    allowance: Allowance | null,
  ): Promise<Response> => {
    const { headers } = request;
    if (!isJsonType(headers.get('content-type')))
      return refused(415, -32000, 'Send the message as application/json.');
    const bytes = await bodyOf(request, bodyLimitBytes());
    if (bytes instanceof Response) return bytes;
    if (isTooDeep(bytes))
      return refused(400, -32600, `The message is nested deeper than ${mostDepth} levels.`);
    const body = parsed(bytes);
    if (!body) return refused(400, -32700, 'Parse error: the body is not valid JSON');
    const { value } = body;
    return counted(
      isWork(value) ? allowance : null,
      () => pass(request, view, client, value),
      (refusal) =>
        refused(refusal.status, -32000, refusal.message, { 'retry-after': retryAfterOf(refusal) }),
    );
  };

  const pass = async (
    request: Request,
    view: View,
    client: Client | null,
    body: unknown,
  ): Promise<Response> => {
    const { headers } = request;
    const route = classify(request, body);
    if (route.kind === 'modern') return modern.handle(request, view, client, route);
    if (route.kind === 'reject') {
      const { httpStatus, code, message, data } = route;
      const asked = body as { id?: unknown } | null;
      const id = typeof asked?.id === 'string' || typeof asked?.id === 'number' ? asked.id : null;
      const error = { code, message, ...(data !== undefined && { data }) };
      return Response.json({ jsonrpc: '2.0', error, id }, { status: httpStatus });
    }
    const isOfSession =
      headers.has('mcp-session-id') || headers.get('accept')?.includes('text/event-stream');
    return isOfSession
      ? legacy.handle(request, view, client, body)
      : bare(request, view, client, body);
  };

  return async (request, server) => {
    const { headers, method } = request;
    const fault = originFault(headers);
    if (fault !== undefined) return refused(403, -32000, `Refused: ${fault}.`);
    const standing = admit(headers, new URL(request.url).search);
    const admitted = standing instanceof Promise ? await standing : standing;
    if (admitted && 'status' in admitted) {
      const challenge: Record<string, string> =
        admitted.status === 401 ? { 'www-authenticate': 'Bearer realm="signalbox"' } : {};
      return refused(admitted.status, -32001, admitted.message, challenge);
    }
    if (server !== null && !isThere(server, admitted))
      return refused(404, -32000, `There is no MCP server ${server.slice(0, 100)} here.`);
    const view = server as View;
    // What a session lets in is an operator's, not a client's.
    const isOperator = standing instanceof Promise;
    const allowance = isOperator ? null : admitted ? admitted.allowance : anonymous();
    if (method === 'POST') return post(request, view, admitted, allowance);
    if (method === 'GET' || method === 'DELETE')
      return headers.has('mcp-session-id')
        ? legacy.handle(request, view, admitted, undefined)
        : refused(method === 'GET' ? 405 : 400, -32000, 'Bad Request: it names no session');
    return refused(405, -32000, 'Method not allowed.', { allow: 'GET, POST, DELETE' });
  };
}
