/** Messages of TRAFFIC as bytes and back: a batch of events each; whatever is read goes through the catalog. */
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { trafficCatalog } from './catalog.ts';
import type { BatchId } from './ids.ts';
import type { TrafficBatch, TrafficMessage } from './log.ts';
import {
  headerBytes,
  maxTrafficMessageBytes,
  parse,
  versioned,
  type RawMessage,
} from './message.ts';
import { t, type Static } from './schema.ts';
import type { TrafficEvent } from './traffic.ts';
import { divide, packRequests } from './trafficRows.ts';
import { areInPlaces, requestReader } from './trafficRowsRead.ts';
import { isUsualRow, usualRowsOf, type UsualRow } from './usualRows.ts';

/** More than one message can hold; the batch has to be split. */
export class BatchTooLarge extends Error {
  override readonly name = 'BatchTooLarge';
  constructor(bodyBytes: number, events: number) {
    super(`a batch of ${events} traffic events has ${bodyBytes} bytes, too many for one message`);
  }
}

const maxTrafficBodyBytes = maxTrafficMessageBytes - headerBytes;
const requestVersion = trafficCatalog.versionOf('RequestFinished');

const rows = t.Object({
  version: t.Integer({ minimum: 1 }),
  columns: t.Array(t.String()),
  attemptColumns: t.Array(t.String()),
  usageColumns: t.Array(t.String()),
  strings: t.Array(t.String()),
  rows: t.Array(t.Array(t.Unknown())),
});
/** `requests` are rows, `events` whatever does not fit into them. */
const body = t.Object({
  id: t.String(),
  requests: t.Optional(rows),
  events: t.Array(t.Unknown()),
});
const batchBody = TypeCompiler.Compile(body);
const envelope = TypeCompiler.Compile(
  t.Object({ ...versioned, id: t.String(), atMs: t.Number(), traceId: t.String() }),
);

/** @throws {BatchTooLarge} when the batch does not fit into one message. */
export function encodeTraffic(batch: TrafficBatch): string {
  const { requests, others } = divide(batch.events, requestVersion);
  const text = JSON.stringify({
    id: batch.id,
    ...(requests.length > 0 && { requests: packRequests(requests, requestVersion) }),
    events: others,
  });
  // A character is at most three bytes: most batches need no count.
  const textBytes = text.length * 3 > maxTrafficBodyBytes ? Buffer.byteLength(text) : text.length;
  if (textBytes > maxTrafficBodyBytes) throw new BatchTooLarge(textBytes, batch.events.length);
  return text;
}

/** The id and the events of a body, the events unchecked; undefined when it is no batch. */
export function readBatch(body: unknown): { id: BatchId; events: unknown[] } | undefined {
  if (!batchBody.Check(body)) return undefined;
  const { id, requests, events } = body;
  return {
    id: id as BatchId,
    events: requests ? [...requests.rows.map(requestReader(requests)), ...events] : events,
  };
}

/** The event in today's shape, or undefined when this version cannot read it. */
function readTrafficEvent(value: unknown): TrafficEvent | undefined {
  if (!envelope.Check(value)) return undefined;
  const { id, type, atMs, traceId } = value;
  const read = trafficCatalog.read(type, value.version, value.data);
  if ('reason' in read) return undefined;
  const version = trafficCatalog.versionOf(type);
  return { id, type, version, atMs, traceId, data: read.data } as TrafficEvent;
}

type Entry = UsualRow | TrafficEvent;

/** Usual rows as they lie, all else as events; undefined for what this version cannot read. */
function entriesOf({ requests, events }: Static<typeof body>): (Entry | undefined)[] {
  const others = events.map(readTrafficEvent);
  if (!requests) return others;
  const read = requestReader(requests);
  const isUsual =
    requests.version === requestVersion && areInPlaces(requests)
      ? usualRowsOf(requests.strings)
      : (_row: unknown[]): _row is UsualRow => false;
  const rows = requests.rows.map((row) => (isUsual(row) ? row : readTrafficEvent(read(row))));
  return others.length === 0 ? rows : [...rows, ...others];
}

/** One message of TRAFFIC. What cannot be read is left out and counted, a whole message as one. */
export function decodeTraffic(raw: RawMessage): TrafficMessage {
  const { sequence, timeMs } = raw;
  const gatewayId = raw.subject.slice(raw.subject.lastIndexOf('.') + 1);
  const read = parse(raw.data);
  if (!batchBody.Check(read)) {
    const batchId = `unreadable-${sequence}` as BatchId;
    const nothing = { events: [], strings: [], entries: [] };
    return { batchId, gatewayId, sequence, timeMs, skipped: 1, ...nothing };
  }
  const all = entriesOf(read);
  const entries = all.filter((entry) => entry !== undefined);
  const { id, requests } = read;
  let events: readonly TrafficEvent[] | undefined;
  return {
    batchId: id as BatchId,
    gatewayId,
    sequence,
    timeMs,
    strings: requests?.strings ?? [],
    entries,
    skipped: all.length - entries.length,
    // Who goes by the entries needs none of these objects.
    get events() {
      const request = requests && requestReader(requests);
      events ??= entries.flatMap((entry) =>
        isUsualRow(entry) ? (readTrafficEvent(request?.(entry)) ?? []) : entry,
      );
      return events;
    },
  };
}
