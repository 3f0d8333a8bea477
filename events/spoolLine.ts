/** One batch as one line of the spool: who sends it, what it counts, and its body as the log wants it. */
import type { TrafficBatch } from './log.ts';
import type { TrafficEvent } from './traffic.ts';
import { encodeTraffic, readBatch } from './trafficMessage.ts';
import { countTraffic, type TrafficCounts } from './trafficCounts.ts';

// The totals stand in front, so that a segment can be thrown away without reading its events.
// Lines of older versions have six of them.
const linePattern = /^(\S+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)(?: (\d+) (\d+))? (?=\{)/;

/** @throws {BatchTooLarge} when the log could never take it. */
export function encodeSpoolLine(batch: TrafficBatch): string {
  const counts = countTraffic(batch.events);
  const { count, requests, failures, inputTokens, outputTokens, again } = counts;
  const totals = `${count} ${requests} ${failures} ${inputTokens} ${outputTokens} ${again}`;
  const tools = `${counts.toolCalls} ${counts.toolFailures}`;
  return `${batch.gatewayId} ${totals} ${tools} ${encodeTraffic(batch)}\n`;
}

/** The totals of a line; undefined when it is no line of a spool. */
export function countsOfSpoolLine(line: string): TrafficCounts | undefined {
  const match = linePattern.exec(line);
  if (!match) return undefined;
  const [count = 0, requests = 0, failures = 0, inputTokens = 0, outputTokens = 0, again = 0] =
    match.slice(2, 8).map(Number);
  const [toolCalls = 0, toolFailures = 0] = match.slice(8).map((text) => Number(text ?? 0));
  return { count, requests, failures, inputTokens, outputTokens, toolCalls, toolFailures, again };
}

/** The batch of a line; undefined when it cannot be read. Its events are checked when they are read from the log. */
export function decodeSpoolLine(line: string): TrafficBatch | undefined {
  const [head, gatewayId] = linePattern.exec(line) ?? [];
  if (head === undefined || gatewayId === undefined) return undefined;
  try {
    const batch = readBatch(JSON.parse(line.slice(head.length)));
    return batch && { id: batch.id, gatewayId, events: batch.events as TrafficEvent[] };
  } catch {
    return undefined;
  }
}
