/** The log as a gateway opens it: connected, with its streams as they are meant to be. */
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../../events/connection.ts';
import { openJetStreamLog } from '../../events/jetStreamLog.ts';
import type { EventLog } from '../../events/log.ts';
import { ensureStreams } from '../../events/streams.ts';
import type { StartMessage } from '../launcher/messages.ts';

/** @param name What the server shows of this connection. */
export async function openLog(
  nats: StartMessage['nats'],
  name: string,
): Promise<Readonly<{ nc: NatsConnection; log: EventLog }>> {
  const nc = await connectNats({ ...nats, servers: String(nats.servers), name });
  const { maxStoreBytes } = nats;
  await ensureStreams(nc, maxStoreBytes === null ? {} : { maxFileStoreBytes: maxStoreBytes });
  return { nc, log: await openJetStreamLog(nc) };
}
