/** Closes days: writes their totals into CONTROL, so that statistics outlive TRAFFIC. */
import type { DayRow, ToolDayRow } from '../day.ts';
import type { Cause, Sequence } from '../event.ts';
import { actorId, newEventId, newRequestId, traceIdOf } from '../ids.ts';
import { WrongVersion, type EventLog } from '../log.ts';
import type { Store } from './store.ts';

/** A message of CONTROL holds at most 256 KiB; the rest is room for the envelope. */
const partBytes = 200 * 1024;

/** Rows in parts that fit into one message each; at least one part. */
export function splitIntoParts<Row extends object>(rows: readonly Row[]): Row[][] {
  let part: Row[] = [];
  let bodyBytes = 0;
  const parts = [part];
  for (const row of rows) {
    const rowBytes = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (part.length > 0 && bodyBytes + rowBytes > partBytes) {
      part = [];
      bodyBytes = 0;
      parts.push(part);
    }
    part.push(row);
    bodyBytes += rowBytes;
  }
  return parts;
}

const isOfTool = (row: DayRow | ToolDayRow): row is ToolDayRow => 'tool' in row;

function cause(): Cause {
  const id = newRequestId();
  const by = { kind: 'gateway', id: 'projector' } as const;
  return { by, correlationId: id, causationId: id, traceId: traceIdOf(id) };
}

/** False when another projector closed the day first; its totals hold then. */
async function closeDay(log: EventLog, store: Store, day: string): Promise<boolean> {
  const trafficSequence: Sequence = store.position('TRAFFIC');
  const { rows, tools } = store.totalsOf(day);
  const parts = splitIntoParts<DayRow | ToolDayRow>([...rows, ...tools]);
  const versions = parts.map((_, index) => store.days.versionOfPart(day, index + 1));
  for (const [index, ofPart] of parts.entries()) {
    const part = index + 1;
    const ofTools = ofPart.filter(isOfTool);
    const data = {
      day,
      part,
      parts: parts.length,
      trafficSequence,
      rows: ofPart.filter((row) => !isOfTool(row)),
      ...(ofTools.length > 0 && { tools: ofTools }),
    };
    try {
      await log.append(
        { kind: 'day', id: actorId(`${day}-${part}`) },
        { id: newEventId(), type: 'DayClosed', version: 1, cause: cause(), data },
        versions[index] ?? 0,
      );
    } catch (error) {
      if (error instanceof WrongVersion) return false;
      throw error;
    }
  }
  return true;
}

/**
 * Closes every open day before `day`; with `lateToo` closes again what got late traffic since, because that will
 * leave TRAFFIC as well. The first part decides which of two projectors closes a day.
 * @throws {LogUnavailable} the days that are left are closed the next time.
 */
export async function closeDays(
  log: EventLog,
  store: Store,
  before: string,
  lateToo: boolean,
): Promise<void> {
  for (const day of store.days.toClose(before, lateToo)) await closeDay(log, store, day);
}
