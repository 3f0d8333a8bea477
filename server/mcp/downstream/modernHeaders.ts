/** The headers that a modern request repeats its body in, so that whoever reads only headers is told no lie. */
import type { RpcRequest } from '../rpc/message.ts';

/** What a request whose headers and body disagree is refused with. */
export const headerMismatch = -32020;

const nameField: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** Names that no header can carry come as `=?base64?…?=`. */
function decoded(text: string): string | undefined {
  const [, base64] = /^=\?base64\?(.*)\?=$/i.exec(text) ?? [];
  if (base64 === undefined) return text;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined;
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** What is wrong with them; undefined when nothing is. */
export function headerFault(headers: Headers, { method, params }: RpcRequest): string | undefined {
  if (headers.get('mcp-protocol-version') === null)
    return 'Header mismatch: the MCP-Protocol-Version header is missing';
  const named = headers.get('mcp-method')?.trim();
  if (named === undefined) return 'Header mismatch: the Mcp-Method header is missing';
  if (named !== method) return `Header mismatch: Mcp-Method is not the body's method ${method}`;
  const field = nameField[method];
  const wanted: unknown = field === undefined ? undefined : params?.[field];
  if (typeof wanted !== 'string') return undefined;
  const given = headers.get('mcp-name')?.trim();
  if (given === undefined) return 'Header mismatch: the Mcp-Name header is missing';
  const name = decoded(given);
  if (name === undefined) return 'Header mismatch: Mcp-Name is no valid Base64';
  return name === wanted
    ? undefined
    : `Header mismatch: Mcp-Name is not the body's params.${field}`;
}
