/** One proxied request while it is under way, and what is recorded of it when it is over. */
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import { trafficCatalog } from '../../events/catalog.ts';
import type { By, Cause } from '../../events/event.ts';
import {
  newRequestId,
  parseTraceparent,
  ownTrace,
  traceIdOf,
  type RequestId,
  type TraceId,
} from '../../events/ids.ts';
import type { Dialect } from '../../events/provider.ts';
import type { Attempt, Outcome, TrafficEvent, Usage } from '../../events/traffic.ts';
import type { Allowance } from '../access/allowance.ts';
import type { ModelRoute } from '../modelRoutes/modelRoutes.ts';

export type Exchange = {
  readonly id: RequestId;
  readonly startedAtMs: number;
  /** Monotonic, for durations. */
  readonly startedMs: number;
  readonly method: string;
  readonly traceparent: string | null;
  dialect: Dialect;
  route: string;
  client: string;
  /** Where the request is counted in; null for who has no limits. */
  allowance: Allowance | null;
  /** The route that the request's model names; `model` and `provider` are who answers for it. */
  modelRoute: ModelRoute | undefined;
  model: string;
  provider: string;
  keyId: string;
  streamed: boolean;
  requestBytes: number;
  responseBytes: number;
  firstByteMs: number | undefined;
  usage: Usage | null;
  readonly attempts: Attempt[];
  isFinished: boolean;
};

export function beginExchange(method: string, traceparent: string | null, nowMs: number): Exchange {
  return {
    id: newRequestId(),
    startedAtMs: nowMs,
    startedMs: performance.now(),
    method,
    traceparent,
    dialect: 'openai',
    route: '',
    client: '',
    allowance: null,
    modelRoute: undefined,
    model: '',
    provider: '',
    keyId: '',
    streamed: false,
    requestBytes: 0,
    responseBytes: 0,
    firstByteMs: undefined,
    usage: null,
    attempts: [],
    isFinished: false,
  };
}

export const elapsedMs = (exchange: Exchange): number => performance.now() - exchange.startedMs;

/** Writes an attempt down; `startedMs` is after the request's own start. Without a verdict it was answered. */
export function noteAttempt(
  exchange: Exchange,
  startedMs: number,
  status: number,
  verdict?: Verdict,
): void {
  exchange.attempts.push({
    provider: exchange.provider,
    keyId: exchange.keyId,
    model: exchange.model,
    status,
    startedMs: Math.round(startedMs),
    durationMs: Math.round(elapsedMs(exchange) - startedMs),
    verdict: verdict?.class ?? 'ok',
    ruleId: verdict?.ruleId ?? '',
    error: verdict?.reason ?? '',
  });
}

const traceIdFor = ({ traceparent, id }: Exchange): TraceId =>
  parseTraceparent(traceparent) ?? traceIdOf(id);

/** What led to an event that this request caused. */
export const causeOf = (exchange: Exchange, by: By): Cause => ({
  by,
  correlationId: exchange.id,
  causationId: exchange.id,
  traceId: traceIdFor(exchange),
});

const version = trafficCatalog.versionOf('RequestFinished');
const round = (ms: number) => Math.round(ms * 1_000) / 1_000;

/** The one event of a request; undefined when it was given out before. */
export function finish(
  exchange: Exchange,
  status: number,
  outcome: Outcome,
  nowMs: number,
): TrafficEvent | undefined {
  if (exchange.isFinished) return undefined;
  exchange.isFinished = true;
  const durationMs = round(elapsedMs(exchange));
  return {
    id: exchange.id,
    type: 'RequestFinished',
    version,
    atMs: nowMs,
    traceId: parseTraceparent(exchange.traceparent) ?? ownTrace,
    data: {
      client: exchange.client,
      dialect: exchange.dialect,
      method: exchange.method,
      route: exchange.route,
      model: exchange.model,
      modelRoute: exchange.modelRoute?.name ?? '',
      provider: exchange.provider,
      keyId: exchange.keyId,
      status,
      outcome,
      streamed: exchange.streamed,
      startedAtMs: exchange.startedAtMs,
      firstByteMs: exchange.firstByteMs === undefined ? durationMs : round(exchange.firstByteMs),
      durationMs,
      requestBytes: exchange.requestBytes,
      responseBytes: exchange.responseBytes,
      usage: exchange.usage,
      costMicroUsd: null,
      priceVersion: null,
      attempts: exchange.attempts,
    },
  };
}
