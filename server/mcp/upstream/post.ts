/**
 * The usual request to a server behind a URL: one POST, and its answer whole as JSON. The SDK's transport, which can do
 * everything else, costs more than all the rest of a call.
 */
import { encodedHeader } from '../rpc/paramHeaders.ts';
import { messageOf, type RpcMessage, type RpcRequest } from '../rpc/message.ts';
import { isJsonType } from '../rpc/words.ts';

/** Where a request to a server without sessions says in a header what it is about. */
const nameFields: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

type Told = Readonly<{
  /** Of the server's configuration. */
  headers: Readonly<Record<string, string>>;
  protocolVersion: string;
  isModern: boolean;
  sessionId: string | undefined;
  /** Of this request alone. */
  more: Readonly<Record<string, string>> | undefined;
}>;

/** As the SDK's transport sends it. */
export function postOf(message: RpcRequest, told: Told): RequestInit {
  const { headers, protocolVersion, isModern, sessionId, more } = told;
  const all = new Headers(headers);
  for (const name in more) all.set(name, more[name] ?? '');
  const accepted = all.get('accept');
  const usual = 'application/json, text/event-stream';
  all.set('accept', accepted === null ? usual : `${accepted}, ${usual}`);
  all.set('content-type', 'application/json');
  all.set('mcp-protocol-version', protocolVersion);
  if (sessionId !== undefined) all.set('mcp-session-id', sessionId);
  if (isModern) {
    const { method, params } = message;
    all.set('mcp-method', method);
    const name: unknown = params?.[nameFields[method] ?? ''];
    if (typeof name === 'string') all.set('mcp-name', encodedHeader(name));
  }
  return { method: 'POST', headers: all, body: JSON.stringify(message) };
}

/** Whether all of the answer comes at once, and in good order. */
export const isWholeAnswer = ({ status, headers }: Response): boolean =>
  status === 200 && isJsonType(headers.get('content-type'));

/** @throws {SyntaxError} */
export async function messagesIn(response: Response): Promise<RpcMessage[]> {
  const value: unknown = await response.json();
  return (Array.isArray(value) ? value : [value]).flatMap((one) => messageOf(one) ?? []);
}
