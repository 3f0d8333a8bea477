/** Answers of servers of one era for clients of the other. */
import type { McpEra } from '../../../events/mcpServer.ts';
import type { RpcAnswer } from '../rpc/message.ts';

/** What a modern client expects in every result, and a server of sessions does not know of. */
export function inEraOf(era: McpEra, method: string, answer: RpcAnswer): RpcAnswer {
  if (era === 'legacy' || 'error' in answer) return answer;
  const { result } = answer;
  if ('resultType' in result) return answer;
  const cache = method === 'resources/read' ? { ttlMs: 0, cacheScope: 'private' } : {};
  return { result: { resultType: 'complete', ...cache, ...result } };
}
