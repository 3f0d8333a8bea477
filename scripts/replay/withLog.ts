/** Opens the log as the running system would, for as long as it is needed. */
import { pino } from 'pino';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import { environment, readConfig, type Config } from '../../server/config.ts';
import { natsAccessOf, type NatsAccess } from '../../server/config/places.ts';
import { readAccess } from '../../server/nats/accessFile.ts';
import { lockStore } from '../../server/nats/storeLock.ts';
import { startEmbeddedNats, type EmbeddedNats } from '../../server/nats/supervise.ts';

async function overConnection<Answer>(
  { servers, user, pass }: NatsAccess,
  use: (log: EventLog) => Promise<Answer>,
): Promise<Answer> {
  const connection = await connectNats({ servers: String(servers), user, pass, name: 'replay' });
  try {
    return await use(await openJetStreamLog(connection));
  } finally {
    await connection.close();
  }
}

/** A launcher that was killed leaves its access file behind. */
async function isReachable({ servers }: NatsAccess): Promise<boolean> {
  const [hostname = '', port] = String(servers).split(':');
  const socket = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } }).catch(
    () => undefined,
  );
  socket?.end();
  return socket !== undefined;
}

/** The server of NATS_URL; without it the one that runs over DATA_DIR, or one started for this time. */
export async function withLog<Answer>(
  use: (log: EventLog, config: Config) => Promise<Answer>,
): Promise<Answer> {
  const config = readConfig(environment());
  const { nats } = config;
  if (nats.kind === 'outside') {
    return overConnection(natsAccessOf(nats.url), (log) => use(log, config));
  }
  const running = readAccess(config.dataDir);
  if (running && (await isReachable(running)))
    return overConnection(running, (log) => use(log, config));
  const lock = lockStore(config.dataDir);
  let server: EmbeddedNats | undefined;
  try {
    server = await startEmbeddedNats({
      dataDir: config.dataDir,
      serverBin: nats.serverBin,
      log: pino({ level: 'fatal' }),
    });
    return await overConnection(server, (log) => use(log, config));
  } finally {
    await server?.stop();
    lock.release();
  }
}
