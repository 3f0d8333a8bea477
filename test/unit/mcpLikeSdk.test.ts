/** What is done without the SDK, for speed, is what the SDK does. */
import { describe, expect, test } from 'bun:test';
import { StreamableHTTPClientTransport, type JSONRPCMessage } from '@modelcontextprotocol/client';
import { classifyInboundRequest } from '@modelcontextprotocol/server';
import { classify } from '../../server/mcp/downstream/classify.ts';
import type { RpcRequest } from '../../server/mcp/rpc/message.ts';
import { postOf } from '../../server/mcp/upstream/post.ts';

const url = new URL('http://127.0.0.1/mcp');
const configured = { authorization: 'Bearer abc', accept: 'text/plain' };

async function sentBySdk(
  message: RpcRequest,
  protocolVersion: string,
  sessionId: string | undefined,
  more: Readonly<Record<string, string>>,
): Promise<RequestInit> {
  let sent: RequestInit = {};
  const transport = new StreamableHTTPClientTransport(url, {
    protocolVersion,
    ...(sessionId !== undefined && { sessionId }),
    requestInit: { headers: configured },
    fetch: async (_, init) => {
      sent = init ?? {};
      return Response.json({ jsonrpc: '2.0', id: message.id, result: {} });
    },
  });
  await transport.start();
  await transport.send(message as JSONRPCMessage, { headers: { ...more } });
  await transport.close();
  return sent;
}

const call = (method: string, params: object): RpcRequest => ({
  jsonrpc: '2.0',
  id: 7,
  method,
  params: { ...params },
});
const modern = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};

describe('a request to a server', () => {
  test.each([
    ['in a session', call('tools/call', { name: 'a' }), '2025-11-25', 'session-1'],
    ['in a session without an id', call('prompts/get', { name: 'a' }), '2025-06-18', undefined],
    ['without sessions', call('tools/call', { ...modern, name: 'a' }), '2026-07-28', undefined],
    [
      'of a name no header takes',
      call('tools/call', { ...modern, name: 'ä ' }),
      '2026-07-28',
      undefined,
    ],
    [
      'for a resource',
      call('resources/read', { ...modern, uri: 'x://y' }),
      '2026-07-28',
      undefined,
    ],
    ['about nothing that has a name', call('tools/list', modern), '2026-07-28', undefined],
  ])('%s has the same head and body', async (_, message, protocolVersion, sessionId) => {
    const more = { 'mcp-param-place': 'here' };
    const sdk = await sentBySdk(message, protocolVersion, sessionId, more);
    const isModern = protocolVersion === '2026-07-28';
    const own = postOf(message, {
      headers: configured,
      protocolVersion,
      isModern,
      sessionId,
      more,
    });
    expect(Object.fromEntries(new Headers(own.headers))).toEqual(
      Object.fromEntries(new Headers(sdk.headers)),
    );
    expect([own.method, own.body]).toEqual([sdk.method, sdk.body]);
  });
});

describe('a request of a client', () => {
  const usual = { 'mcp-session-id': 's', 'mcp-protocol-version': '2025-11-25' };
  const ask = call('tools/call', { name: 'a' });
  test.each<[string, Record<string, string>, unknown]>([
    ['in a session', usual, ask],
    ['in a session that names no revision', { 'mcp-session-id': 's' }, ask],
    ['with progress', usual, call('tools/call', { _meta: { progressToken: 1 } })],
    ['that claims the newer era', usual, call('tools/call', modern)],
    ['whose header claims it', { ...usual, 'mcp-protocol-version': '2026-07-28' }, ask],
    ['with a field too many', usual, { ...ask, more: 1 }],
    ['with an id of no kind', usual, { ...ask, id: 1.5 }],
    ['with params of no kind', usual, { ...ask, params: [] }],
    ['that opens a session', usual, call('initialize', {})],
    ['that is none', usual, 'hello'],
    ['in a batch', usual, [ask]],
  ])('%s is of the same era', (_, headers, body) => {
    const own = classify(new Request(url, { method: 'POST', headers }), body);
    const sdk = classifyInboundRequest({
      httpMethod: 'POST',
      ...(headers['mcp-protocol-version'] !== undefined && {
        protocolVersionHeader: headers['mcp-protocol-version'],
      }),
      body,
    });
    expect(own.kind).toBe(sdk.kind);
  });
});
