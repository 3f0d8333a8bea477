/** Logs and files for tests of the projections. */
import { Database } from 'bun:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActorKind, Fact } from '../../events/event.ts';
import { actorId, newBatchId, newEventId } from '../../events/ids.ts';
import type { EventLog, TrafficMessage } from '../../events/log.ts';
import { dump, type TableDump } from '../../events/projections/dump.ts';
import { startProjector } from '../../events/projections/projector.ts';
import type { RequestFinished, TrafficEvent } from '../../events/traffic.ts';
import { requestFinished, sampleCause } from './sampleEvents.ts';

/** A path for a database in a folder of its own. */
export function tempDatabase(): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-projections-'));
  return {
    path: join(folder, 'signalbox.sqlite'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A projector with a wall clock that stands still; `errors` is what it complained of. */
export async function runProjector(log: EventLog, databasePath: string, nowMs = 0) {
  const errors: unknown[] = [];
  const projector = await startProjector({
    log,
    databasePath,
    now: () => nowMs,
    onError: (error) => errors.push(error),
  });
  return { ...projector, errors };
}

/** Projects all of the log into a file and answers its rows. */
export async function rowsAfterProjecting(
  log: EventLog,
  databasePath: string,
  firstTraffic = 1,
): Promise<TableDump[]> {
  const projector = await runProjector(log, databasePath);
  await projector.caughtUp();
  await projector.stop();
  return rowsIn(databasePath, firstTraffic);
}

export function rowsIn(databasePath: string, firstTraffic = 1): TableDump[] {
  const client = new Database(databasePath, { readonly: true });
  try {
    return dump(client, firstTraffic);
  } finally {
    client.close();
  }
}

export function all<Row>(databasePath: string, query: string): Row[] {
  const client = new Database(databasePath, { readonly: true });
  try {
    return client.query<Row, []>(query).all();
  } finally {
    client.close();
  }
}

/** Appends a fact to an actor at its newest sequence. */
export async function put(log: EventLog, kind: ActorKind, id: string, fact: Fact): Promise<number> {
  const actor = { kind, id: actorId(id) };
  const newest = (await log.read(actor)).at(-1);
  const version = newest ? (newest.ok ? newest.event.sequence : newest.sequence) : 0;
  return log.append(
    actor,
    { id: newEventId(), version: 1, cause: sampleCause(), ...fact },
    version,
  );
}

export const keyAdded = (provider = 'openai', name = 'One') => ({
  type: 'ProviderKeyAdded',
  data: {
    provider,
    name,
    secretRef: `ref-${name}`,
    fingerprint: 'f00d',
    masked: 'sk-…abcd',
    origin: 'https://api.openai.com',
    weight: 1,
    source: 'api',
    createdAtMs: 1_700_000_000_000,
  },
});

export const rested = (untilMs: number) => ({
  type: 'ProviderKeyRested',
  data: { untilMs, ruleId: 'rate-limit', reason: 'too many', guessed: false, strikes: 0 },
});

export const requestAt = (
  atMs: number,
  data: Partial<RequestFinished['data']> = {},
): RequestFinished => ({ ...requestFinished('/v1/chat/completions', data), atMs });

export const droppedAt = (atMs: number, requests: number): TrafficEvent => ({
  ...requestFinished(''),
  type: 'TrafficDropped',
  atMs,
  data: { count: requests, requests, failures: 1, inputTokens: 7, outputTokens: 3 },
});

export const batch = (...events: TrafficEvent[]) => ({
  id: newBatchId(),
  gatewayId: 'gateway-1',
  events,
});

/** The log as its tails see it through `change`: what they deliver for each message of TRAFFIC. */
export const withTraffic = (
  log: EventLog,
  change: (message: TrafficMessage) => readonly TrafficMessage[],
): EventLog => ({
  ...log,
  tailTraffic: (after, onMessage) =>
    log.tailTraffic(after, (message) => {
      for (const one of change(message)) onMessage(one);
    }),
});

/** The log once TRAFFIC has dropped everything before `first`. */
export const withTrafficFrom = (log: EventLog, first: number): EventLog => ({
  ...withTraffic(log, (message) => (message.sequence < first ? [] : [message])),
  readTraffic: async (after, upTo, limit) =>
    log.readTraffic(Math.max(after, first - 1), upTo, limit),
  state: async (stream) => {
    const state = await log.state(stream);
    return stream === 'TRAFFIC' ? { ...state, firstSequence: first } : state;
  },
});
