/** Events for tests that care about the log and not about what is in it. */
import type { ActorRef, Cause, NewEvent } from '../../events/event.ts';
import { actorId, newBatchId, newEventId, newRequestId, traceIdOf } from '../../events/ids.ts';
import type { TrafficBatch } from '../../events/log.ts';
import type { RequestFinished, ToolCalled } from '../../events/traffic.ts';

let made = 0;

/** An actor that no other test writes to. */
export const freshActor = (): ActorRef => ({
  kind: 'provider-key',
  id: actorId(`key-${process.pid}-${++made}`),
});

export function sampleCause(): Cause {
  const correlationId = newRequestId();
  return {
    by: { kind: 'operator', id: 'session-1' },
    correlationId,
    causationId: correlationId,
    traceId: traceIdOf(correlationId),
  };
}

export const renamed = (name: string): NewEvent => ({
  id: newEventId(),
  type: 'ProviderKeyRenamed',
  version: 1,
  data: { name },
  cause: sampleCause(),
});

/** A finished request; `route` is free text and tells one from another. */
export function requestFinished(
  route: string,
  data: Partial<RequestFinished['data']> = {},
): RequestFinished {
  const id = newRequestId();
  return {
    id,
    type: 'RequestFinished',
    version: 1,
    atMs: 1_700_000_000_000,
    traceId: traceIdOf(id),
    data: {
      client: '',
      dialect: 'openai',
      method: 'POST',
      route,
      model: 'gpt-5',
      provider: 'openai',
      keyId: 'key-1',
      status: 200,
      outcome: 'completed',
      streamed: false,
      startedAtMs: 1_700_000_000_000,
      firstByteMs: 12.5,
      durationMs: 20,
      requestBytes: 100,
      responseBytes: 300,
      usage: { inputTokens: 10, outputTokens: 5, cachedTokens: 0, reasoningTokens: 0 },
      costMicroUsd: null,
      priceVersion: null,
      attempts: [],
      ...data,
    },
  };
}

/** A call of a tool that went well. */
export function toolCalled(
  tool: string,
  data: Partial<ToolCalled['data']> = {},
  atMs = 1_700_000_000_000,
): ToolCalled {
  const id = newRequestId();
  return {
    id,
    type: 'ToolCalled',
    version: 1,
    atMs,
    traceId: traceIdOf(id),
    data: {
      client: '',
      server: 'everything',
      tool,
      backend: '',
      via: 'mcp',
      era: 'legacy',
      outcome: 'completed',
      isError: false,
      errorCode: null,
      error: '',
      startedAtMs: atMs,
      durationMs: 20,
      requestBytes: 100,
      responseBytes: 300,
      ...data,
    },
  };
}

export const batchOf = (...routes: string[]): TrafficBatch => ({
  id: newBatchId(),
  gatewayId: 'gateway-1',
  events: routes.map((route) => requestFinished(route)),
});
