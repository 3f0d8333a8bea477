/** What the log and the read models hold, read back to be compared with what clients saw. */
import { Database } from 'bun:sqlite';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats } from '../../events/connection.ts';
import type { StoredEvent } from '../../events/event.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import type { Outcome } from '../../events/traffic.ts';
import type { NatsAccess } from '../../server/config/places.ts';
import { readAccess } from '../../server/nats/accessFile.ts';
import { holdsWithin } from './finding.ts';

/** Over a connection of its own to the server of a launcher that runs, or to the one given. */
export async function withLogOf<Answer>(
  dataDir: string,
  use: (log: EventLog) => Promise<Answer>,
  outside?: NatsAccess,
): Promise<Answer> {
  const access = outside ?? readAccess(dataDir);
  if (!access) throw new Error(`no nats-server runs over ${dataDir}`);
  const { servers, user, pass } = access;
  const connection = await connectNats({ servers: String(servers), user, pass, name: 'soak' });
  try {
    return await use(await openJetStreamLog(connection));
  } finally {
    await connection.close();
  }
}

export type RecordedTraffic = Readonly<{
  /** How often each request is in the log, by its id; a batch that was sent twice counts once, as the projector does. */
  times: ReadonlyMap<string, number>;
  outcomes: ReadonlyMap<string, Outcome>;
  messages: number;
  repeatedBatches: number;
  /** Events that the spool had no room for. */
  dropped: number;
}>;

const pageMessages = 500;

export async function recordedTraffic(log: EventLog): Promise<RecordedTraffic> {
  const { lastSequence } = await log.state('TRAFFIC');
  const times = new Map<string, number>();
  const outcomes = new Map<string, Outcome>();
  const batches = new Set<string>();
  let messages = 0;
  let repeatedBatches = 0;
  let dropped = 0;
  for (let after = 0; after < lastSequence;) {
    const page = await log.readTraffic(after, lastSequence, pageMessages);
    const last = page.at(-1);
    if (!last) break;
    after = last.sequence;
    for (const { batchId, events } of page) {
      messages += 1;
      if (batches.has(batchId)) {
        repeatedBatches += 1;
        continue;
      }
      batches.add(batchId);
      for (const event of events) {
        if (event.type === 'TrafficDropped') dropped += event.data.count;
        if (event.type !== 'RequestFinished') continue;
        times.set(event.id, (times.get(event.id) ?? 0) + 1);
        outcomes.set(event.id, event.data.outcome);
      }
    }
  }
  return { times, outcomes, messages, repeatedBatches, dropped };
}

/** Every event of CONTROL, oldest first. */
export async function controlEvents(log: EventLog): Promise<StoredEvent[]> {
  const { lastSequence } = await log.state('CONTROL');
  const messages = await log.readControl(0, lastSequence);
  return messages.map((message) => {
    if (!message.ok) throw message.error;
    return message.event;
  });
}

/** How many bytes wait in the spool of the only worker. */
export async function spooledBytes(dataDir: string): Promise<number> {
  const folder = join(dataDir, 'spool', '1');
  const names = await readdir(folder).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** How the rows differ from the log once the projector had time; empty when they do not. */
export async function differenceToRows(
  dataDir: string,
  { times }: Pick<RecordedTraffic, 'times'>,
): Promise<string> {
  const rows = (): Map<string, number> => {
    const database = new Database(join(dataDir, 'signalbox.db'), { readonly: true });
    try {
      const found = database
        .query<{ id: string; times: number }, []>(
          'select id, count(*) as times from request group by id',
        )
        .all();
      return new Map(found.map((row) => [row.id, row.times]));
    } finally {
      database.close();
    }
  };
  await holdsWithin(20_000, () => rows().size >= times.size);
  const found = rows();
  const missing = [...times.keys()].filter((id) => !found.has(id)).length;
  const twice = [...found.values()].filter((count) => count > 1).length;
  const unknown = [...found.keys()].filter((id) => !times.has(id)).length;
  if (missing + twice + unknown === 0) return '';
  return `${missing} missing, ${twice} twice, ${unknown} not in the log`;
}
