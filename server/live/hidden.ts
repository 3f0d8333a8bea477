/** What is told of a second's requests and calls that are not shown one by one. */
import { isFailure, isToolFailure } from '../../events/trafficCounts.ts';
import type { TrafficEvent } from '../../events/traffic.ts';

export type Hidden = {
  requests: number;
  failures: number;
  inputTokens: number;
  outputTokens: number;
  costMicroUsd: number;
  durationMs: number;
  toolCalls: number;
  toolFailures: number;
  /** Requests and failures by provider key. */
  keys: Record<string, [requests: number, failures: number]>;
};

export const nothingHidden = (): Hidden => ({
  requests: 0,
  failures: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicroUsd: 0,
  durationMs: 0,
  toolCalls: 0,
  toolFailures: 0,
  keys: {},
});

/** Counts an event in. */
export function hide(hidden: Hidden, event: TrafficEvent): void {
  if (event.type === 'RequestFinished') {
    const { data } = event;
    const failures = isFailure(data) ? 1 : 0;
    hidden.requests += 1;
    hidden.failures += failures;
    hidden.inputTokens += data.usage?.inputTokens ?? 0;
    hidden.outputTokens += data.usage?.outputTokens ?? 0;
    hidden.costMicroUsd += data.costMicroUsd ?? 0;
    hidden.durationMs += Math.round(data.durationMs);
    if (data.keyId === '') return;
    const key = (hidden.keys[data.keyId] ??= [0, 0]);
    key[0] += 1;
    key[1] += failures;
    return;
  }
  if (event.type === 'ToolCalled') {
    hidden.toolCalls += 1;
    hidden.toolFailures += isToolFailure(event.data) ? 1 : 0;
    return;
  }
  if (event.type === 'McpConnectionOpened') return;
  hidden.requests += event.data.requests;
  hidden.failures += event.data.failures;
  hidden.inputTokens += event.data.inputTokens;
  hidden.outputTokens += event.data.outputTokens;
  hidden.toolCalls += event.data.toolCalls ?? 0;
  hidden.toolFailures += event.data.toolFailures ?? 0;
}
