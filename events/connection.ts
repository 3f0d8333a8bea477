/** The connection to NATS: made within a time limit, then kept for ever. */
import {
  AuthorizationError,
  connect,
  type NatsConnection,
  type Status,
} from '@nats-io/transport-node';

const reconnectMs = 250;
const pingMs = 5_000;
/** A server that accepts the connection and says nothing is given up after this. */
const dialMs = 2_000;

/** NATS could not be reached within the time limit, or it refused the credentials. */
export class NatsUnreachable extends Error {
  override readonly name = 'NatsUnreachable';
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && error.message ? error.message : 'no answer';

/** The servers as people may see them: without user and password. */
const withoutCredentials = (servers: string): string => servers.replaceAll(/\/\/[^/@,]*@/g, '//');

/** User and password from the first URL that carries them, `nats://user:pass@host:4222`. */
function credentialsIn(servers: readonly string[]): { user?: string; pass?: string } {
  for (const server of servers) {
    const [, user, pass] = /\/\/([^:/@]+)(?::([^/@]*))?@/.exec(server) ?? [];
    if (user === undefined) continue;
    return {
      user: decodeURIComponent(user),
      ...(pass !== undefined && { pass: decodeURIComponent(pass) }),
    };
  }
  return {};
}

/**
 * Connects to one server or a comma-separated list, trying again until `connectTimeoutMs` (default 10,000) have
 * passed. A connection once made comes back by itself, however long the server was away.
 * @throws {NatsUnreachable} after the time limit, and at once when the credentials are refused.
 */
export async function connectNats(options: {
  servers: string;
  user?: string;
  pass?: string;
  name: string;
  connectTimeoutMs?: number;
}): Promise<NatsConnection> {
  const { connectTimeoutMs = 10_000 } = options;
  const listed = options.servers.split(',').map((server) => server.trim());
  const { user = options.user, pass = options.pass } =
    options.user === undefined ? credentialsIn(listed) : {};
  const where = withoutCredentials(listed.join(', '));
  const deadlineMs = performance.now() + connectTimeoutMs;

  for (;;) {
    try {
      return await connect({
        servers: listed.map(withoutCredentials),
        name: options.name,
        ...(user !== undefined && { user }),
        ...(pass !== undefined && { pass }),
        timeout: Math.min(dialMs, connectTimeoutMs),
        pingInterval: pingMs,
        maxReconnectAttempts: -1,
        reconnectTimeWait: reconnectMs,
        // A server that comes back with its users still loading must not end the connection for good.
        ignoreAuthErrorAbort: true,
        // Or every publish would capture a stack in case it fails.
        noAsyncTraces: true,
      });
    } catch (error) {
      if (error instanceof AuthorizationError) {
        throw new NatsUnreachable(`NATS at ${where} refused the user or password: check NATS_URL`, {
          cause: error,
        });
      }
      if (performance.now() + reconnectMs >= deadlineMs) {
        throw new NatsUnreachable(
          `NATS at ${where} did not answer within ${connectTimeoutMs} ms (${reasonOf(error)}): check that it runs and is reachable from here`,
          { cause: error },
        );
      }
      await Bun.sleep(reconnectMs);
    }
  }
}

/** Whether the connection is up, and who wants to know. */
export type ConnectionWatch = Readonly<{
  isConnected: () => boolean;
  /** Calls back whenever `isConnected` changes; returns an idempotent unsubscribe. */
  onChange: (listener: (connected: boolean) => void) => () => void;
  close: () => void;
}>;

/** Follows the status of a connection that is up now. Under a stopped server `disconnect` comes 15 s late. */
export function watchConnection(nc: NatsConnection): ConnectionWatch {
  const listeners = new Set<(connected: boolean) => void>();
  // The iterator is a queue with a stop, which its type does not say.
  const statuses = nc.status() as AsyncIterable<Status> & { stop: () => void };
  let connected = !nc.isClosed();

  const set = (value: boolean) => {
    if (connected === value) return;
    connected = value;
    for (const listener of listeners) listener(value);
  };
  void (async () => {
    for await (const status of statuses) {
      if (status.type === 'reconnect') set(true);
      if (status.type === 'disconnect' || status.type === 'close') set(false);
    }
  })();
  void nc.closed().then(() => set(false));

  return {
    isConnected: () => connected,
    onChange(listener) {
      // A listener of its own, so that one function may be given twice.
      const own = (value: boolean) => listener(value);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    close() {
      statuses.stop();
      listeners.clear();
    },
  };
}
