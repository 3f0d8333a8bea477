/**
 * A modern server does not ask: it answers that it needs input, and is asked again with it. To a client of sessions
 * that becomes the requests it knows.
 */
import type { McpEra } from '../../../events/mcpServer.ts';
import { failed, internalError, isObject, type Json, type RpcAnswer } from '../rpc/message.ts';
import type { Turn } from './handler.ts';

/** A server that is never content does not keep a client busy for ever. */
const mostRounds = 16;

export async function answerBack(
  era: McpEra,
  params: Json | undefined,
  turn: Turn,
  ask: (params: Json | undefined) => Promise<RpcAnswer>,
): Promise<RpcAnswer> {
  let answer = await ask(params);
  for (let round = 0; era === 'legacy' && round <= mostRounds; round++) {
    const result = 'result' in answer ? answer.result : undefined;
    if (result?.['resultType'] !== 'input_required') return answer;
    const wanted: unknown = result['inputRequests'];
    const inputResponses: Record<string, unknown> = {};
    for (const [key, request] of Object.entries(isObject(wanted) ? wanted : {})) {
      if (!isObject(request) || typeof request['method'] !== 'string') continue;
      const asked = request['params'];
      const given = await turn.onRequest(
        {
          jsonrpc: '2.0',
          id: key,
          method: request['method'],
          ...(isObject(asked) && { params: asked }),
        },
        { signal: turn.signal },
      );
      if ('error' in given) return given;
      inputResponses[key] = given.result;
    }
    const { requestState } = result;
    answer = await ask({
      ...params,
      inputResponses,
      ...(requestState !== undefined && { requestState }),
    });
  }
  return era === 'legacy'
    ? failed(internalError, `the server asked for input more than ${mostRounds} times`)
    : answer;
}
