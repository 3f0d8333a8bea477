/** Counts what happened into spans of time. */
import type { Request, Span, ToolCall } from './world.ts';

export type Counted = Omit<Span, 'startMs' | 'durationsMs'> & Readonly<{ durationsMs?: number[] }>;

const nothing: Counted = {
  requests: 0,
  failures: 0,
  inputTokens: 0,
  outputTokens: 0,
  costMicroUsd: 0,
  durationMs: 0,
  toolCalls: 0,
  toolFailures: 0,
};

/** Durations remembered of one span: enough for its percentiles. */
const sampleSize = 100;

/** As the gateway counts: a caller that left is no failure. */
export const hasFailed = ({ outcome, status }: Pick<Request, 'outcome' | 'status'>): boolean =>
  outcome === 'failed' || outcome === 'truncated' || status >= 400;

export const hasCallFailed = ({ outcome, is_error: isError }: ToolCall): boolean =>
  outcome === 'failed' || outcome === 'truncated' || isError;

export const countRequest = (request: Request): Counted => ({
  ...nothing,
  requests: 1,
  failures: hasFailed(request) ? 1 : 0,
  inputTokens: request.input_tokens ?? 0,
  outputTokens: request.output_tokens ?? 0,
  costMicroUsd: request.cost_micro_usd ?? 0,
  durationMs: request.duration_ms,
  durationsMs: [request.duration_ms],
});

export const countCall = (call: ToolCall): Counted => ({
  ...nothing,
  toolCalls: 1,
  toolFailures: hasCallFailed(call) ? 1 : 0,
});

const sum = (span: Span, more: Counted): Span => ({
  startMs: span.startMs,
  requests: span.requests + more.requests,
  failures: span.failures + more.failures,
  inputTokens: span.inputTokens + more.inputTokens,
  outputTokens: span.outputTokens + more.outputTokens,
  costMicroUsd: span.costMicroUsd + more.costMicroUsd,
  durationMs: span.durationMs + more.durationMs,
  toolCalls: span.toolCalls + more.toolCalls,
  toolFailures: span.toolFailures + more.toolFailures,
  durationsMs:
    span.durationsMs.length < sampleSize && more.durationsMs
      ? [...span.durationsMs, ...more.durationsMs]
      : span.durationsMs,
});

/** Adds to the span that holds `atMs`, in place; spans without anything are left out. */
export function addTo(
  spans: Span[],
  { atMs, spanMs, keep }: Readonly<{ atMs: number; spanMs: number; keep: number }>,
  more: Counted,
): void {
  const startMs = Math.floor(atMs / spanMs) * spanMs;
  const newestMs = spans.at(-1)?.startMs ?? startMs;
  if (startMs <= newestMs - keep * spanMs) return;
  let index = spans.length;
  while (index > 0 && (spans[index - 1]?.startMs ?? 0) > startMs) index -= 1;
  const there = spans[index - 1];
  if (there?.startMs === startMs) spans[index - 1] = sum(there, more);
  else spans.splice(index, 0, sum({ startMs, ...nothing, durationsMs: [] }, more));
  const oldestMs = (spans.at(-1)?.startMs ?? startMs) - keep * spanMs;
  let old = 0;
  while ((spans[old]?.startMs ?? Infinity) <= oldestMs) old += 1;
  if (old > 0) spans.splice(0, old);
}
