/** A nats-server that no launcher looks after, and what a launcher needs to use it. */
import { startNatsServer, type TestNatsServer } from '../../test/support/natsServer.ts';
import { clearAtExit } from '../measure/leftovers.ts';
import type { NatsAccess } from '../../server/config/places.ts';

export type OutsideNats = Readonly<{
  server: TestNatsServer;
  access: NatsAccess;
  /** The secrets too must be the same in every launcher on one log. */
  env: Readonly<Record<string, string>>;
}>;

export async function startOutsideNats(): Promise<OutsideNats> {
  const started = await startNatsServer();
  const { user, pass } = started;
  const forget = clearAtExit(started.folder);
  const server: TestNatsServer = {
    ...started,
    async stop() {
      await started.stop();
      forget();
    },
  };
  const { host } = new URL(server.url);
  return {
    server,
    access: { servers: host, user, pass },
    env: {
      NATS_URL: `nats://${user}:${pass}@${host}`,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      JWT_SECRET_KEY: 'a secret of the soak, long enough to sign sessions',
    },
  };
}
