/** What is kept of traffic whose details are thrown away. */
import { newRequestId, traceIdOf } from './ids.ts';
import type { Outcome, ToolCalled, TrafficEvent } from './traffic.ts';

type TrafficDropped = Extract<TrafficEvent, { type: 'TrafficDropped' }>;

/** Totals of events that are lost. `again` is how many of `count` an earlier `TrafficDropped` had already named. */
export type TrafficCounts = Required<TrafficDropped['data']> & Readonly<{ again: number }>;

export const noTraffic: TrafficCounts = {
  count: 0,
  requests: 0,
  failures: 0,
  inputTokens: 0,
  outputTokens: 0,
  toolCalls: 0,
  toolFailures: 0,
  again: 0,
};

/** True for a request that did not end as its caller wished; a caller that left is no failure. */
export const isFailure = (request: { outcome: Outcome; status: number }): boolean =>
  request.outcome === 'failed' || request.outcome === 'truncated' || request.status >= 400;

/** True for a call that brought no result, or one that the tool itself calls an error; a caller that left is none. */
export const isToolFailure = (call: Pick<ToolCalled['data'], 'outcome' | 'isError'>): boolean =>
  call.outcome === 'failed' || call.outcome === 'truncated' || call.isError;

export const addCounts = (a: TrafficCounts, b: TrafficCounts): TrafficCounts => ({
  count: a.count + b.count,
  requests: a.requests + b.requests,
  failures: a.failures + b.failures,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  toolCalls: a.toolCalls + b.toolCalls,
  toolFailures: a.toolFailures + b.toolFailures,
  again: a.again + b.again,
});

function countsOf(event: TrafficEvent): TrafficCounts {
  switch (event.type) {
    case 'RequestFinished':
      return {
        ...noTraffic,
        count: 1,
        requests: 1,
        failures: isFailure(event.data) ? 1 : 0,
        inputTokens: event.data.usage?.inputTokens ?? 0,
        outputTokens: event.data.usage?.outputTokens ?? 0,
      };
    case 'ToolCalled':
      return {
        ...noTraffic,
        count: 1,
        toolCalls: 1,
        toolFailures: isToolFailure(event.data) ? 1 : 0,
      };
    case 'McpConnectionOpened':
      return { ...noTraffic, count: 1 };
    case 'TrafficDropped':
      return { ...noTraffic, ...event.data, again: event.data.count };
    default:
      return event satisfies never;
  }
}

/** Totals of these events; a `TrafficDropped` among them counts as what it stands for. */
export const countTraffic = (events: readonly TrafficEvent[]): TrafficCounts =>
  events.map(countsOf).reduce(addCounts, noTraffic);

/** The event that keeps the totals of what was lost. */
export function trafficDropped(lost: TrafficCounts, atMs: number): TrafficDropped {
  const id = newRequestId();
  const { again: _, ...data } = lost;
  return { id, type: 'TrafficDropped', version: 1, atMs, traceId: traceIdOf(id), data };
}
