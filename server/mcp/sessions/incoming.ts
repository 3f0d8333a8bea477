/** What a request of a session is checked for before it is anybody's: its form, as the transport's words have it. */
import { SUPPORTED_PROTOCOL_VERSIONS } from '../rpc/words.ts';
import { isRequest, messageOf, type RpcMessage } from '../rpc/message.ts';

const mostInBatch = 100;

export const refused = (
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });

export const unknownSession = (): Response => refused(404, -32001, 'Session not found');

/** The messages of a body, or what is wrong with it. */
export function messagesOf(body: unknown): readonly RpcMessage[] | Response {
  const parts: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (parts.length > mostInBatch)
    return refused(400, -32600, `Invalid Request: Batch must not exceed ${mostInBatch} messages`);
  const messages = parts.map(messageOf).filter((message) => message !== undefined);
  if (messages.length !== parts.length || parts.length === 0)
    return refused(400, -32700, 'Parse error: Invalid JSON-RPC message');
  return messages;
}

export const opensSession = (message: RpcMessage): boolean =>
  isRequest(message) && message.method === 'initialize';

/** What is wrong with how a request is sent; undefined when nothing is. */
export function formFault({ method, headers }: Request): Response | undefined {
  const accept = headers.get('accept') ?? '';
  const takesStreams = accept.includes('text/event-stream');
  if (method === 'GET' && !takesStreams)
    return refused(406, -32000, 'Not Acceptable: Client must accept text/event-stream');
  if (method === 'POST' && !(takesStreams && accept.includes('application/json')))
    return refused(
      406,
      -32000,
      'Not Acceptable: Client must accept both application/json and text/event-stream',
    );
  return undefined;
}

export function versionFault({ headers }: Request): Response | undefined {
  const version = headers.get('mcp-protocol-version');
  if (version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return undefined;
  const known = SUPPORTED_PROTOCOL_VERSIONS.join(', ');
  return refused(
    400,
    -32000,
    `Bad Request: Unsupported protocol version: ${version.slice(0, 100)} (supported versions: ${known})`,
  );
}
