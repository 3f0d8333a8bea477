/** One request to one server: who may, where it goes, what became of it. Every way in comes through here. */
import type { ActorId, TraceId } from '../../events/ids.ts';
import type { Asker } from './asker.ts';
import { answerFor, badArguments, unknownTool } from './call/answers.ts';
import type { ArgumentsCheck } from './call/argumentsCheck.ts';
import type { Gates } from './call/gates.ts';
import { changesNothing, type Results } from './call/results.ts';
import { serverTimes, toolRules, type UsualCalls } from './call/rules.ts';
import type { CallRecords } from './callRecords.ts';
import type { Catalog, Offer } from './catalog.ts';
import type { Policy } from './policy.ts';
import type { Pool } from './pool.ts';
import { NotSent, SessionGone } from './rpc/link.ts';
import type { Json, RpcAnswer } from './rpc/message.ts';
import type { Ask } from './rpc/peer.ts';

/** How a call of a tool was answered. */
export type CallFacts = Readonly<{
  /** Which of several backends answered; `''` where there is one. */
  backend: string;
  /** The server was not asked: an earlier result served. */
  isCached: boolean;
}>;

/** What a caller may add to a request; the time limits are the gateway's. */
export type CallOptions = Omit<Ask, 'timeoutMs' | 'mostMs' | 'asker'> &
  Readonly<{
    traceId?: TraceId;
    /** Told who answered, before the answer is there to be read. */
    onAnswered?: (facts: CallFacts) => void;
  }>;

export type Calls = Readonly<{
  /** Any request to one server, as it is. @throws {Cancelled} */
  forward(
    asker: Asker,
    server: ActorId,
    method: string,
    params: Json | undefined,
    options: CallOptions,
  ): Promise<RpcAnswer>;
  /** A tool: policy, arguments, then the call, then the record of it. @throws {Cancelled} */
  callTool(asker: Asker, tool: Offer, params: Json, options: CallOptions): Promise<RpcAnswer>;
}>;

type Options = Readonly<{
  catalog: Catalog;
  policy: Policy;
  pool: Pool;
  records: CallRecords;
  check: ArgumentsCheck;
  results: Results;
  gates: Gates;
  usual: UsualCalls;
  now: () => number;
}>;

type Times = Pick<Ask, 'timeoutMs' | 'mostMs'>;
type Request = Readonly<{ method: string; params: Json | undefined }>;

export function createCalls(options: Options): Calls {
  const { catalog, policy, pool, records, check, results, gates, usual, now } = options;
  // What it offers, or where it is, has changed: what it said before counts no more.
  catalog.onChange(results.forget);

  const once = async (
    asker: Asker,
    server: ActorId,
    { method, params }: Request,
    { onAnswered, ...ask }: CallOptions & Times,
    retries = pool.retries(server),
  ): Promise<RpcAnswer> => {
    const session = await pool.sessionFor(asker, server);
    try {
      const answer = await session.request(method, params, { ...ask, asker }, asker.identity);
      onAnswered?.({ backend: session.backend ?? '', isCached: false });
      return answer;
    } catch (error) {
      // Neither was carried out: in a session that is open now it is, or by another backend, and once only.
      const isUnheard = error instanceof SessionGone || error instanceof NotSent;
      if (!isUnheard || retries === 0 || ask.signal?.aborted) throw error;
      await pool.discard(asker, server, session);
      const again = { ...ask, ...(onAnswered && { onAnswered }) };
      return once(asker, server, { method, params }, again, retries - 1);
    }
  };

  const send = async (
    asker: Asker,
    server: ActorId,
    request: Request,
    ask: CallOptions & Times,
  ): Promise<RpcAnswer> => {
    const most = catalog.server(server)?.settings.calls?.maxConcurrent ?? null;
    try {
      if (most === null) return await once(asker, server, request, ask);
      await gates.enter(server, most, ask.signal);
      try {
        return await once(asker, server, request, ask);
      } finally {
        gates.leave(server);
      }
    } catch (error) {
      return answerFor(server, error);
    }
  };

  /** From what is kept, or from the server; what it answers is kept where that is wanted. */
  const carryOut = async (
    asker: Asker,
    tool: Offer,
    params: Json,
    ask: CallOptions,
  ): Promise<RpcAnswer> => {
    const found = check.faultOf(tool, params['arguments']);
    const fault = found instanceof Promise ? await found : found;
    if (fault) return badArguments(asker, tool, fault);
    const context = catalog.server(tool.server);
    const { cacheMs, ...times } = toolRules(tool, context?.settings, usual);
    const isShared = context?.settings.stateless === true || context?.era === 'modern';
    const key = cacheMs > 0 ? results.keyOf(asker, tool, params, isShared) : undefined;
    const kept = key === undefined ? undefined : results.get(key);
    if (kept) {
      ask.onAnswered?.({ backend: '', isCached: true });
      return { result: kept };
    }
    // What was read before it counts no more, nor what was read while it ran.
    const mayChange = key === undefined && !changesNothing(tool);
    if (mayChange) results.forget(tool.server);
    const request = { method: 'tools/call', params: { ...params, name: tool.own } };
    const answer = await send(asker, tool.server, request, { ...ask, ...times });
    if (mayChange) results.forget(tool.server);
    if (key !== undefined && 'result' in answer) results.put(key, answer.result, cacheMs);
    return answer;
  };

  return {
    forward: (asker, server, method, params, ask) =>
      send(
        asker,
        server,
        { method, params },
        { ...ask, ...serverTimes(catalog.server(server)?.settings, usual) },
      ),
    async callTool(asker, tool, params, { traceId, ...ask }) {
      // Who may not call it is not told that it is there.
      if (!policy.allowsTool(asker.client, tool)) return unknownTool(tool.name);
      const startedAtMs = now();
      const startedMs = performance.now();
      let answer: RpcAnswer | undefined;
      let facts: CallFacts = { backend: '', isCached: false };
      const onAnswered = (told: CallFacts) => {
        facts = told;
        ask.onAnswered?.(told);
      };
      try {
        answer = await carryOut(asker, tool, params, { ...ask, onAnswered });
        return answer;
      } finally {
        const over = { asker, tool, params, answer, startedAtMs, startedMs, traceId };
        records.record({ ...over, ...facts });
      }
    },
  };
}
