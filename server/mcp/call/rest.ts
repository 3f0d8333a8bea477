/** Whoever uses MCP servers over REST: a caller without a session, who cannot be asked back. */
import type { Client } from '../../access/clients.ts';
import { Problem } from '../../http/problem.ts';
import type { Asker } from '../asker.ts';
import type { CallFacts } from '../calls.ts';
import type { Handler } from '../downstream/handler.ts';
import type { View } from '../catalog.ts';
import { Cancelled } from '../rpc/link.ts';
import {
  failed,
  invalidParams,
  isObject,
  methodNotFound,
  type Json,
  type RpcError,
} from '../rpc/message.ts';
import type { CallFailure } from './answers.ts';

export type RestCall = Readonly<{
  client: Client | null;
  view: View;
  method: string;
  params: Json;
  signal: AbortSignal;
}>;

export type RestAnswer = Readonly<{ result: Json; responseTimeS: number }> & CallFacts;

const clientClosedRequest = 499;
const resourceNotFound = -32002;
const soon = { 'retry-after': '1' };

const failures: Readonly<Record<CallFailure, readonly [status: number, code: string]>> = {
  busy: [503, 'MCP_SERVER_BUSY'],
  unreachable: [503, 'MCP_SERVER_UNREACHABLE'],
  lost: [502, 'MCP_SERVER_LOST'],
  'timed-out': [504, 'MCP_SERVER_TIMED_OUT'],
};

function problemOf({ code, message, data }: RpcError): Problem {
  const reason = isObject(data) ? data['reason'] : undefined;
  const known = typeof reason === 'string' && Object.hasOwn(failures, reason);
  if (known) {
    const [status, name] = failures[reason as CallFailure];
    return new Problem(status, name, message, status === 503 ? soon : {});
  }
  if (code === invalidParams) return new Problem(422, 'INVALID_ARGUMENTS', message);
  if (code === resourceNotFound) return new Problem(404, 'RESOURCE_NOT_FOUND', message);
  if (code === methodNotFound) return new Problem(422, 'NOT_SUPPORTED', message);
  return new Problem(502, 'MCP_ERROR', `The MCP server answered with error ${code}: ${message}`);
}

const unasked = async () =>
  failed(methodNotFound, 'this caller came over REST, where it cannot be asked anything');

const askerOf = (client: Client | null): Asker => ({
  // As without a session on /mcp: what a server keeps, it keeps for this client key.
  key: `client:${client?.keyId ?? ''}`,
  client,
  era: 'modern',
  via: 'rest',
  identity: { clientInfo: { name: 'signalbox-rest', version: '1' }, capabilities: {} },
  onRequest: unasked,
  onNotification() {},
});

/** Answers as `/mcp` would, by the same rules. @throws {Problem} */
export async function restCall(
  handler: Handler,
  { client, view, method, params, signal }: RestCall,
): Promise<RestAnswer> {
  const startedMs = performance.now();
  let facts: CallFacts = { backend: '', isCached: false };
  try {
    const answer = await handler(
      view,
      askerOf(client),
      { method, params },
      {
        signal,
        // Nobody hears of it, but it shows that the server is at work.
        onProgress() {},
        onNotification() {},
        onRequest: unasked,
        onAnswered(told) {
          facts = told;
        },
      },
    );
    if ('error' in answer) throw problemOf(answer.error);
    const { result } = answer;
    if (result['resultType'] === 'input_required')
      throw new Problem(
        409,
        'INPUT_REQUIRED',
        'The server asks its client for something, which cannot be done over REST: use /mcp.',
      );
    return {
      ...facts,
      result,
      responseTimeS: Math.round((performance.now() - startedMs) * 1_000) / 1e6,
    };
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    throw new Problem(clientClosedRequest, 'CLIENT_CLOSED_REQUEST', 'The caller went away.');
  }
}
