/** Checks at start that a NATS server keeps what it acknowledges. */
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats, NatsUnreachable } from '../../events/connection.ts';
import type { NatsAccess } from '../config/places.ts';
import { StartError } from '../launcher/startError.ts';
import { isRecentEnough, leastVersion } from './version.ts';

const askMs = 2000;

type Options = NatsAccess &
  Readonly<{
    monitorUrl: string | null;
    allowWeak: boolean;
    /** How long to try; 10,000 without it. */
    connectTimeoutMs?: number;
  }>;

/** The parts of a JSZ answer that are read, over HTTP or over the system account. */
type Jsz = Readonly<{ server_id?: string; config?: Readonly<{ sync_always?: boolean }> }>;

/** What its owner should know of a server that was accepted. */
export type ServerCheck = Readonly<{ version: string; warnings: readonly string[] }>;

/** @throws {StartError} when it cannot be reached, has no JetStream, or is too weak and that is not allowed. */
export async function checkServer(options: Options): Promise<ServerCheck> {
  const connection = await reach(options);
  try {
    const { version = 'unknown', jetstream } = connection.info ?? {};
    if (jetstream !== true)
      throw new StartError(
        `NATS at ${connection.getServer()} runs without JetStream: start it with JetStream enabled`,
      );
    const weaknesses: string[] = [];
    const warnings: string[] = [];
    if (!isRecentEnough(version))
      weaknesses.push(
        `NATS at ${connection.getServer()} is ${version}, and below ${leastVersion} two racing writers can both win`,
      );
    const syncsAlways = await seeSync(connection, options.monitorUrl);
    if (syncsAlways === false)
      weaknesses.push(
        `NATS at ${connection.getServer()} runs without "sync_interval: always", so a power cut loses acknowledged events`,
      );
    if (syncsAlways === undefined)
      warnings.push(
        `whether NATS at ${connection.getServer()} runs with "sync_interval: always" cannot be seen from here (its monitor does not answer on port 8222): make sure that it does`,
      );
    if (weaknesses.length > 0 && !options.allowWeak)
      throw new StartError(
        `${weaknesses.join('; ')}: repair that, or accept it with NATS_ALLOW_WEAK=true`,
      );
    return { version, warnings: [...weaknesses, ...warnings] };
  } finally {
    await connection.close();
  }
}

async function reach(options: Options): Promise<NatsConnection> {
  const { servers, user, pass, connectTimeoutMs = 10_000 } = options;
  try {
    return await connectNats({ servers, user, pass, name: 'launcher', connectTimeoutMs });
  } catch (error) {
    if (error instanceof NatsUnreachable) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/**
 * An ordinary account cannot see the setting. The monitor shows it (the given one, or the customary port 8222
 * of the same host, if it is the same server's), and so does the system account.
 */
async function seeSync(
  nc: NatsConnection,
  monitorUrl: string | null,
): Promise<boolean | undefined> {
  const host = nc.getServer().replace(/:\d+$/, '');
  const ownId = nc.info?.server_id;
  for (const ask of [
    () => askMonitor(monitorUrl ?? `http://${host}:8222`),
    () => askSystemAccount(nc),
  ]) {
    const answer = await ask().catch(() => undefined);
    if (answer?.server_id === ownId && answer?.config) return answer.config.sync_always === true;
  }
  return undefined;
}

async function askMonitor(url: string): Promise<Jsz> {
  const answer = await fetch(`${url}/jsz?config=true`, { signal: AbortSignal.timeout(askMs) });
  return (await answer.json()) as Jsz;
}

async function askSystemAccount(nc: NatsConnection): Promise<Jsz> {
  const subject = `$SYS.REQ.SERVER.${nc.info?.server_id}.JSZ`;
  const answer = await nc.request(subject, '{"config":true}', { timeout: askMs });
  const { server, data } = answer.json<{ server?: { id?: string }; data?: Jsz }>();
  return { ...data, ...(server?.id === undefined ? {} : { server_id: server.id }) };
}
