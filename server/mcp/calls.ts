/** One request to one server: who may, where it goes, what became of it. Every way in comes through here. */
import { trafficCatalog } from '../../events/catalog.ts';
import { newRequestId, traceIdOf, type ActorId, type TraceId } from '../../events/ids.ts';
import type { Recorder } from '../../events/recorder.ts';
import type { Outcome, ToolCalled } from '../../events/traffic.ts';
import type { Asker } from './asker.ts';
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
  recorder: Pick<Recorder, 'record'>;
  limits: Readonly<{ timeoutMs: number; mostMs: number }>;
  now: () => number;
}>;

const version = trafficCatalog.versionOf('ToolCalled');
const longestError = 300;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

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

export function createCalls({ policy, pool, recorder, limits, now }: Options): Calls {
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

  const record = (
    asker: Asker,
    { server, own: tool }: Offer,
    params: Json,
    startedAtMs: number,
    startedMs: number,
    answer: RpcAnswer | undefined,
    traceId: TraceId | undefined,
  ) => {
    const id = newRequestId();
    const error = answer && 'error' in answer ? answer.error : null;
    const outcome: Outcome = !answer ? 'cancelled' : error ? 'failed' : 'completed';
    const data: ToolCalled['data'] = {
      client: asker.client?.clientId ?? '',
      server,
      tool,
      backend: '',
      via: asker.via,
      era: asker.era,
      outcome,
      isError: answer !== undefined && 'result' in answer && answer.result['isError'] === true,
      errorCode: error ? error.code : answer ? null : 0,
      error: error ? reasonOf(new Error(error.message)).slice(0, longestError) : '',
      startedAtMs,
      durationMs: Math.round((performance.now() - startedMs) * 1_000) / 1_000,
      requestBytes: bytesOf(params),
      responseBytes: answer ? bytesOf(answer) : 0,
    };
    recorder.record({
      id,
      type: 'ToolCalled',
      version,
      atMs: now(),
      traceId: traceId ?? traceIdOf(id),
      data,
    });
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
        record(asker, tool, params, startedAtMs, startedMs, answer, traceId);
      }
    },
  };
}
