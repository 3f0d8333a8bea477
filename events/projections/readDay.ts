/** The last day as one answer: every part of it is of the same moment. */
import type { Sequence } from '../event.ts';
import { checkpointTable } from './checkpoints.ts';
import { boundsOf, dayOf } from './dailyRows.ts';
import type { ProjectionDatabase } from './database.ts';
import { requestsOf } from './readRequests.ts';
import { keyCountsOf, type KeyCount } from './readStats.ts';
import { toolCallsOf, type ToolCall } from './readToolCalls.ts';
import { keyHoursSince, minutesSince, type KeyHourRow, type MinuteRow } from './recentCounts.ts';
import type { RequestRow } from './requests.ts';

export type Day = Readonly<{
  /** Up to where TRAFFIC is in it. */
  traffic: Sequence;
  minutes: readonly MinuteRow[];
  /** Of the UTC day. */
  keyCounts: ReadonlyMap<string, KeyCount>;
  keyHours: readonly KeyHourRow[];
  /** Newest first, as many as asked for. */
  requests: readonly RequestRow[];
  toolCalls: readonly ToolCall[];
}>;

export const noDay: Day = {
  traffic: 0,
  minutes: [],
  keyCounts: new Map(),
  keyHours: [],
  requests: [],
  toolCalls: [],
};

const dayMs = 24 * 60 * 60 * 1_000;

/** What was until now, with the newest requests and calls one by one. */
export const dayUntil = (db: ProjectionDatabase, nowMs: number, limit: number): Day =>
  db.$client.transaction(() => {
    const day = dayOf(nowMs);
    const marks = db.select().from(checkpointTable).all();
    return {
      traffic: marks.find(({ stream }) => stream === 'TRAFFIC')?.sequence ?? 0,
      minutes: minutesSince(db, nowMs - dayMs),
      keyCounts: keyCountsOf(db, day),
      keyHours: keyHoursSince(db, boundsOf(day).fromMs),
      requests: requestsOf(db, { limit }).rows,
      toolCalls: toolCallsOf(db, { limit }).rows,
    };
  })();
