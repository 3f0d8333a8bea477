/**
 * Connections to servers on behalf of clients. A modern server keeps nothing between two requests, a stateless one says
 * so: both are reached by the process's own connection. Any other has a connection for each asker, and never shares it.
 */
import type { ActorId } from '../../events/ids.ts';
import type { Asker } from './asker.ts';
import type { Reaching } from './backends/reach.ts';
import type { Catalog } from './catalog.ts';
import type { ConnectionRecords } from './connectionRecords.ts';
import type { Connections } from './connections.ts';
import type { Dialler } from './dialler.ts';
import { createMisfortunes } from './misfortunes.ts';
import { NotSent } from './rpc/link.ts';
import type { UpstreamSession } from './upstream/session.ts';

export type Pool = Readonly<{
  /** @throws when the server cannot be reached. */
  sessionFor(asker: Asker, server: ActorId): Promise<UpstreamSession>;
  /** The connection that the asker has now, if any; nothing is dialled. */
  present(asker: Asker, server: ActorId): UpstreamSession | undefined;
  /** How often a call that no server has got is sent again: once, or once to each backend. */
  retries(server: ActorId): number;
  /** A connection that no longer does is not used again. */
  discard(asker: Asker, server: ActorId, session: UpstreamSession): Promise<void>;
  /** Ends every connection that this asker caused. */
  release(key: string): Promise<void>;
  size(): number;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{
  catalog: Catalog;
  connections: Connections;
  dialler: Dialler;
  backends: Reaching;
  records: ConnectionRecords;
  now: () => number;
  /** Connections of askers that keep no session end when nothing came for so long. */
  idleLimitMs: () => number;
  onError: (error: unknown, about: string) => void;
}>;

type Held = {
  readonly session: Promise<UpstreamSession>;
  open: UpstreamSession | undefined;
  /** Null where whoever asks ends it. */
  usedAtMs: number | null;
};

const mostSweepMs = 5_000;

export function createPool(options: Options): Pool {
  const { catalog, connections, dialler, backends, records, now, idleLimitMs, onError } = options;
  const misfortunes = createMisfortunes(now);
  const held = new Map<string, Map<ActorId, Held>>();
  /** Connections whose server has no other era: found out once for each. */
  const sessionless = new WeakSet<UpstreamSession>();
  let isStopped = false;

  /** What is asked without a session has nobody to say that it is over. */
  const sweep = () => {
    const idleMs = idleLimitMs();
    for (const [key, ofKey] of held)
      for (const [server, entry] of ofKey) {
        if (entry.usedAtMs === null || !entry.open) continue;
        if (entry.open.underWay() > 0) entry.usedAtMs = performance.now();
        if (performance.now() - entry.usedAtMs < idleMs) continue;
        drop(key, server, entry);
        void close(entry);
      }
    sweeper = setTimeout(sweep, Math.min(mostSweepMs, idleMs / 4));
  };
  let sweeper = setTimeout(sweep, Math.min(mostSweepMs, idleLimitMs() / 4));

  const drop = (key: string, server: ActorId, entry: Held) => {
    const ofKey = held.get(key);
    if (ofKey?.get(server) !== entry) return;
    ofKey.delete(server);
    if (ofKey.size === 0) held.delete(key);
  };
  const close = async (entry: Held) => {
    try {
      await (await entry.session).close();
    } catch {
      // It was never open.
    }
  };

  connections.onOver((server) => {
    for (const [key, ofKey] of held) {
      const entry = ofKey.get(server);
      if (!entry) continue;
      drop(key, server, entry);
      void close(entry);
    }
  });

  const open = (asker: Asker, server: ActorId): Held => {
    const { key, identity } = asker;
    misfortunes.check(key, server);
    const dial = async () => {
      const dialOwn = () =>
        dialler.dial(server, {
          identity,
          isSole: asker.era === 'legacy',
          ...(asker.era === 'legacy' && { era: 'legacy' as const }),
          onRequest: (request, context) => asker.onRequest(server, request, context),
          onNotification(notification) {
            if (notification.method.endsWith('/list_changed')) connections.refresh(server);
            else asker.onNotification(server, notification);
          },
          onClose() {
            drop(key, server, entry);
            misfortunes.note(key, server);
          },
        });
      const session = await records.opening(asker, server, dialOwn);
      await asker.onOpen?.(server, session);
      entry.open = session;
      return session;
    };
    const usedAtMs = asker.isSession ? null : performance.now();
    const entry: Held = { session: dial(), open: undefined, usedAtMs };
    entry.session.catch((error: unknown) => {
      drop(key, server, entry);
      misfortunes.note(key, server);
      // What one client cannot reach, the others may not either.
      connections.check(server);
      onError(error, `a client's connection to the MCP server ${server}`);
    });
    const ofKey = held.get(key) ?? new Map<ActorId, Held>();
    held.set(key, ofKey.set(server, entry));
    return entry;
  };

  /** The process's own, where that serves everybody; null where the asker needs one of its own. */
  const shared = (asker: Asker, server: ActorId): UpstreamSession | undefined | null => {
    const context = catalog.server(server);
    if (!context) throw new NotSent('there is no such MCP server, or it is switched off');
    const session = connections.session(server);
    const { stateless } = context.settings;
    if (!stateless && (session?.description.era ?? context.era) !== 'modern') return null;
    if (stateless || !session) return session;
    // One of both eras keeps a session for a client that has one: there alone can it ask in the middle of a call.
    return asker.era === 'legacy' && asker.isSession && !sessionless.has(session) ? null : session;
  };

  const isPooled = (server: ActorId): boolean => catalog.server(server)?.settings.isPooled === true;
  /** Each call by the turn of the backends, where none keeps anything between two. */
  const isSpread = (server: ActorId): boolean => {
    const context = catalog.server(server);
    return context?.settings.stateless === true || context?.era === 'modern';
  };
  const sharedOfPool = (server: ActorId): Promise<UpstreamSession> =>
    backends.shared(server, (backend, onClose) =>
      dialler.dial(server, {
        backend,
        onNotification({ method }) {
          if (method.endsWith('/list_changed')) connections.refresh(server);
        },
        onClose,
      }),
    );
  /** While it cannot be reached nobody else tries either: its own connection does, with growing waits. */
  const mustBeConnected = (server: ActorId, common: UpstreamSession | null | undefined) => {
    if (common !== undefined && connections.session(server)) return;
    const reason = connections.stateOf(server)?.context.reason;
    throw new NotSent(`it is not connected${reason ? `: ${reason}` : ''}`);
  };

  return {
    async sessionFor(asker, server) {
      if (isStopped) throw new NotSent('the gateway is stopping');
      if (isPooled(server)) {
        if (isSpread(server)) return sharedOfPool(server);
      } else {
        const common = shared(asker, server);
        if (common) return common;
        mustBeConnected(server, common);
      }
      const entry = held.get(asker.key)?.get(server) ?? open(asker, server);
      if (entry.usedAtMs !== null) entry.usedAtMs = performance.now();
      const main = connections.session(server);
      if (main?.description.era !== 'modern') return entry.session;
      try {
        return await entry.session;
      } catch {
        sessionless.add(main);
        return main;
      }
    },
    present(asker, server) {
      const session = connections.session(server);
      const common = shared(asker, server);
      return common === null ? held.get(asker.key)?.get(server)?.open : (common ?? session);
    },
    retries: (server) => Math.max(1, isPooled(server) ? backends.able(server) : 1),
    async discard({ key }, server, session) {
      if (backends.retire(session)) return;
      if (connections.session(server) === session) {
        await connections.renew(server, session);
        return;
      }
      const entry = held.get(key)?.get(server);
      if (!entry || entry.open !== session) return;
      drop(key, server, entry);
      const closed = close(entry);
      // A backend that is gone need not hear of it before another one is asked.
      if (session.backend === undefined) await closed;
    },
    async release(key) {
      const entries = [...(held.get(key)?.values() ?? [])];
      misfortunes.forget(key);
      held.delete(key);
      await Promise.all(entries.map(close));
    },
    size: () => [...held.values()].reduce((sum, ofKey) => sum + ofKey.size, 0),
    async stop() {
      isStopped = true;
      clearTimeout(sweeper);
      const entries = [...held.values()].flatMap((ofKey) => [...ofKey.values()]);
      held.clear();
      await Promise.all(entries.map(close));
    },
  };
}
