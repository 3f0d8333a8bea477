/** Which era a POST is of. The SDK judges it; what cannot be anything but a request of a session it is not asked about. */
import type {
  InboundLegacyRoute,
  InboundModernRoute,
  InboundLadderRejection,
} from '@modelcontextprotocol/server';
import { isObject } from '../rpc/message.ts';
import { SUPPORTED_PROTOCOL_VERSIONS } from '../rpc/words.ts';
import { serverSdk } from '../sdk.ts';

const sessionVersions: ReadonlySet<string> = new Set(SUPPORTED_PROTOCOL_VERSIONS);
const fields = new Set(['jsonrpc', 'id', 'method', 'params']);

/** Claims nothing of the newer era, in no place where it could, and has the form of a request. */
function isOfSession(headers: Headers, body: unknown): boolean {
  if (!isObject(body) || body['jsonrpc'] !== '2.0' || !headers.has('mcp-session-id')) return false;
  const { id, method, params = {} } = body;
  const isRequest =
    (typeof id === 'string' || Number.isSafeInteger(id)) && typeof method === 'string';
  if (!isRequest || !isObject(params) || '_meta' in params) return false;
  for (const field in body) if (!fields.has(field)) return false;
  const version = headers.get('mcp-protocol-version');
  return version === null || sessionVersions.has(version);
}

export type Route = InboundLegacyRoute | InboundModernRoute | InboundLadderRejection;
const legacy: InboundLegacyRoute = { kind: 'legacy', reason: 'no-claim' };

export function classify({ headers }: Request, body: unknown): Route {
  if (isOfSession(headers, body)) return legacy;
  const protocolVersionHeader = headers.get('mcp-protocol-version');
  const mcpMethodHeader = headers.get('mcp-method');
  const mcpNameHeader = headers.get('mcp-name');
  return serverSdk().classifyInboundRequest({
    httpMethod: 'POST',
    ...(protocolVersionHeader !== null && { protocolVersionHeader }),
    ...(mcpMethodHeader !== null && { mcpMethodHeader }),
    ...(mcpNameHeader !== null && { mcpNameHeader }),
    body,
  });
}
