/** The record of each call of a tool: one traffic event, and what was said where an operator wants that kept. */
import { trafficCatalog } from '../../events/catalog.ts';
import { newRequestId, traceIdOf, type ActorId, type TraceId } from '../../events/ids.ts';
import type { Recorder } from '../../events/recorder.ts';
import type { Outcome, ToolCalled } from '../../events/traffic.ts';
import type { Bodies } from '../bodies/bodies.ts';
import type { Asker } from './asker.ts';
import type { Offer } from './catalog.ts';
import type { Json, RpcAnswer } from './rpc/message.ts';
import { reasonOf } from './upstream/reason.ts';

/** A call that is over. */
export type CallOver = Readonly<{
  asker: Pick<Asker, 'client' | 'via' | 'era'>;
  tool: Pick<Offer, 'server' | 'own'>;
  params: Json;
  /** Undefined where the caller left before there was one. */
  answer: RpcAnswer | undefined;
  /** By the wall clock, and by `performance.now()`. */
  startedAtMs: number;
  startedMs: number;
  traceId: TraceId | undefined;
  /** Which of several backends answered; left out where there is one. */
  backend?: string;
  /** The server was not asked: an earlier result served. */
  isCached?: boolean;
}>;

export type CallRecords = Readonly<{
  /** Never waits, never throws. */
  record(call: CallOver): void;
}>;

type Options = Readonly<{
  recorder: Pick<Recorder, 'record'>;
  bodies: Pick<Bodies, 'areCallsWanted' | 'keepCall'>;
  /** What is said to this server is kept, and erased, with a conversation: no second copy. */
  isKeptElsewhere: (server: ActorId) => boolean;
  now: () => number;
}>;

const version = trafficCatalog.versionOf('ToolCalled');
const longestError = 300;

export function createCallRecords({
  recorder,
  bodies,
  isKeptElsewhere,
  now,
}: Options): CallRecords {
  return {
    record(call) {
      const { asker, tool, params, answer, traceId } = call;
      const id = newRequestId();
      const error = answer && 'error' in answer ? answer.error : null;
      const outcome: Outcome = !answer ? 'cancelled' : error ? 'failed' : 'completed';
      const request = Buffer.from(JSON.stringify(params));
      const response = answer ? Buffer.from(JSON.stringify(answer)) : null;
      const data: ToolCalled['data'] = {
        client: asker.client?.clientId ?? '',
        server: tool.server,
        tool: tool.own,
        backend: call.backend ?? '',
        via: asker.via,
        era: asker.era,
        outcome,
        isError: answer !== undefined && 'result' in answer && answer.result['isError'] === true,
        errorCode: error ? error.code : answer ? null : 0,
        error: error ? reasonOf(new Error(error.message)).slice(0, longestError) : '',
        startedAtMs: call.startedAtMs,
        durationMs: Math.round((performance.now() - call.startedMs) * 1_000) / 1_000,
        requestBytes: request.byteLength,
        responseBytes: response?.byteLength ?? 0,
        ...(call.isCached && { cached: true }),
      };
      const trace = traceId ?? traceIdOf(id);
      recorder.record({ id, type: 'ToolCalled', version, atMs: now(), traceId: trace, data });
      if (bodies.areCallsWanted(asker.client?.recordBodies) && !isKeptElsewhere(tool.server))
        bodies.keepCall(id, request, response);
    },
  };
}
