/** One request to one server: who may, where it goes, what became of it. Every way in comes through here. */
import type { ActorId, TraceId } from '../../events/ids.ts';
import type { Asker } from './asker.ts';
import type { CallRecords } from './callRecords.ts';
import type { Offer } from './catalog.ts';
import type { Policy } from './policy.ts';
import type { Pool } from './pool.ts';
import { Cancelled, NeedsAuth, NotSent, SessionGone, TimedOut } from './rpc/link.ts';
import {
  connectionClosed,
  failed,
  invalidParams,
  requestTimedOut,
  type Json,
  type RpcAnswer,
} from './rpc/message.ts';
import type { Ask } from './rpc/peer.ts';
import { reasonOf } from './upstream/reason.ts';

/** What a caller may add to a request; the time limits are the gateway's. */
export type CallOptions = Omit<Ask, 'timeoutMs' | 'mostMs'> & Readonly<{ traceId?: TraceId }>;

export type Calls = Readonly<{
  /** Any request to one server, as it is. @throws {Cancelled} */
  forward(
    asker: Asker,
    server: ActorId,
    method: string,
    params: Json | undefined,
    options: CallOptions,
  ): Promise<RpcAnswer>;
  /** A tool: policy, then the call, then the record of it. @throws {Cancelled} */
  callTool(asker: Asker, tool: Offer, params: Json, options: CallOptions): Promise<RpcAnswer>;
}>;

type Options = Readonly<{
  policy: Policy;
  pool: Pool;
  records: CallRecords;
  limits: Readonly<{ timeoutMs: number; mostMs: number }>;
  now: () => number;
}>;

export const unknownTool = (name: string): RpcAnswer =>
  failed(invalidParams, `Unknown tool: ${name.slice(0, 200)}`);

/** The failure of a connection, in JSON-RPC's words. */
function answerFor(server: ActorId, error: unknown): RpcAnswer {
  const reason = reasonOf(error);
  if (error instanceof TimedOut) return failed(requestTimedOut, `MCP server ${server}: ${reason}`);
  const how =
    error instanceof NotSent || error instanceof NeedsAuth
      ? 'cannot be reached'
      : 'went away before it answered';
  return failed(connectionClosed, `MCP server ${server} ${how}: ${reason}`, { server });
}

export function createCalls({ policy, pool, records, limits, now }: Options): Calls {
  const once = async (
    asker: Asker,
    server: ActorId,
    method: string,
    params: Json | undefined,
    options: CallOptions,
    isRetry = false,
  ): Promise<RpcAnswer> => {
    const session = await pool.sessionFor(asker, server);
    try {
      return await session.request(method, params, { ...limits, ...options }, asker.identity);
    } catch (error) {
      // Neither was carried out: in a session that is open now it is, and once only.
      const isUnheard = error instanceof SessionGone || error instanceof NotSent;
      if (!isUnheard || isRetry || options.signal?.aborted) throw error;
      await pool.discard(asker, server, session);
      return once(asker, server, method, params, options, true);
    }
  };

  const forward: Calls['forward'] = async (asker, server, method, params, options) => {
    try {
      return await once(asker, server, method, params, options);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      return answerFor(server, error);
    }
  };

  return {
    forward,
    async callTool(asker, tool, params, { traceId, ...options }) {
      // Who may not call it is not told that it is there.
      if (!policy.allowsTool(asker.client, tool)) return unknownTool(tool.name);
      const startedAtMs = now();
      const startedMs = performance.now();
      let answer: RpcAnswer | undefined;
      try {
        const own = { ...params, name: tool.own };
        answer = await forward(asker, tool.server, 'tools/call', own, options);
        return answer;
      } finally {
        records.record({ asker, tool, params, answer, startedAtMs, startedMs, traceId });
      }
    },
  };
}
