/**
 * Turns what the actors say into live connections: one to each enabled server in this process. The log decides, the
 * runtime's effects dial and hang up, and what becomes of a connection is told to its actor.
 */
import { mcpConnectionKind, type LineEffect } from '../../actors/mcpConnection/mcpConnection.ts';
import type { McpConnectionCommand } from '../../actors/mcpConnection/commands.ts';
import type { McpConnectionState } from '../../actors/mcpConnection/machine.ts';
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import type { McpServerState } from '../../actors/mcpServer/machine.ts';
import type { Command } from '../../actors/runtime/actorKind.ts';
import type { EffectRunner } from '../../actors/runtime/effects.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorRef } from '../../events/event.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import type { McpDialCause } from '../../events/mcpConnection.ts';
import { createOutbox } from '../keyRing/outbox.ts';
import type { CatalogReader } from './catalogReader.ts';
import type { Dialler } from './dialler.ts';
import { dialCauses, dialCommand, hangUpCommand } from './lineCommands.ts';
import { startPings, type Pinged, type Pings } from './pings.ts';
import { NeedsAuth } from './rpc/link.ts';
import { isFinal, reasonOf } from './upstream/reason.ts';
import type { UpstreamSession } from './upstream/session.ts';

export type Connections = Readonly<{
  /** The connection of this process; undefined while there is none. */
  session(server: ActorId): UpstreamSession | undefined;
  stateOf(server: ActorId): McpConnectionState | undefined;
  /** When this process last had an answer of the server (epoch); undefined before the first. */
  checkedAtMs(server: ActorId): number | undefined;
  /** Another session in the place of one that the server has forgotten. @throws when there is none to be had. */
  renew(server: ActorId, forgotten: UpstreamSession): Promise<void>;
  /** Reads what a server offers again, soon: it said that it has changed. */
  refresh(server: ActorId): void;
  /** Dials now where it waits to: there is somebody again to be dialled. */
  retry(server: ActorId): void;
  /** Asks whether it is still there, now: somebody could not reach it. */
  check(server: ActorId): void;
  /** Told of a server that is switched off, gone, or another now: nobody's connection to it is of use any more. */
  onOver(listener: (server: ActorId) => void): void;
  /** What connections owe, for the runtime. */
  runners: Readonly<Record<LineEffect['type'], EffectRunner>>;
  /** Brings every connection to where its server's state wants it. */
  start(): void;
  /** May be called twice. */
  stop(): Promise<void>;
}>;

type Options = Readonly<{
  runtime: Runtime;
  gatewayId: string;
  dialler: Dialler;
  reader: CatalogReader;
  now: () => number;
  random: () => number;
  /** Between two questions whether a server is still there. */
  pingMs: () => number;
  onError: (error: unknown, about: string) => void;
}>;

/** The live half of a connection. */
type Line = {
  readonly dial: number;
  session: UpstreamSession;
  renewing?: Promise<void> | undefined;
};

const settled = { type: 'SettleLine' } as const;

export function createConnections(options: Options): Connections {
  const { runtime, gatewayId, dialler, reader, now, random, pingMs, onError } = options;
  const servers = runtime.of(mcpServerKind);
  const actors = runtime.of(mcpConnectionKind);
  const outbox = createOutbox(onError);
  const lines = new Map<ActorId, Line>();
  const dialling = new Map<ActorId, AbortController>();
  const started = Promise.withResolvers<void>();
  let unsubscribe: (() => void) | undefined;
  let pings: Pings | undefined;
  let stopping: Promise<void> | undefined;
  let over: (server: ActorId) => void = () => {};

  const idOf = (server: ActorId): ActorId => actorId(`${server}-${gatewayId}`);
  const tell = (server: ActorId, command: McpConnectionCommand) =>
    outbox.put(server, 'line', () => actors.ask(idOf(server), command, runtime.ownCause()));

  const dialled = (server: ActorId, state: McpServerState, cause: McpDialCause) =>
    tell(server, dialCommand({ server, gateway: gatewayId, state }, cause, now()));

  const close = async (server: ActorId) => {
    dialling.get(server)?.abort(new Error('it is not wanted any more'));
    const line = lines.get(server);
    lines.delete(server);
    await line?.session.close();
  };

  const failed = (dial: number, error: unknown): McpConnectionCommand => {
    const reason = reasonOf(error);
    if (error instanceof NeedsAuth) return { type: 'ReportNeedsAuth', dial, reason };
    const chance = { nowMs: now(), jitter: random() };
    return { type: 'ReportFailure', dial, reason, isFinal: isFinal(error), ...chance };
  };

  const lost = (server: ActorId, dial: number, error: unknown) => {
    if (stopping || lines.get(server)?.dial !== dial) return;
    void close(server);
    tell(server, failed(dial, error));
  };

  const dial = (server: ActorId, number: number, signal?: AbortSignal) =>
    dialler.dial(server, {
      ...(signal && { signal }),
      onNotification: (notification) => reader.heard(server, notification),
      onClose: (reason) => lost(server, number, new Error(reason)),
    });

  const renew = async (server: ActorId, line: Line, forgotten: UpstreamSession) => {
    try {
      const session = await dial(server, line.dial);
      if (lines.get(server) === line) line.session = session;
      else await session.close();
    } catch (error) {
      lost(server, line.dial, error);
      throw error;
    } finally {
      line.renewing = undefined;
      await forgotten.close();
    }
  };

  const open = async (server: ActorId, number: number): Promise<McpConnectionCommand> => {
    const controller = new AbortController();
    dialling.set(server, controller);
    let session: UpstreamSession | undefined;
    try {
      session = await dial(server, number, controller.signal);
      await reader.read(server, session);
      controller.signal.throwIfAborted();
      lines.set(server, { dial: number, session });
      if (!session.isOpen()) throw new Error('it ended right after its start');
      const { era, protocolVersion } = session.description;
      return { type: 'ReportReady', dial: number, era, protocolVersion, nowMs: now() };
    } catch (error) {
      lines.delete(server);
      await session?.close();
      return failed(number, error);
    } finally {
      if (dialling.get(server) === controller) dialling.delete(server);
    }
  };

  /** The newest dial alone counts; what is asked for an older one is over. */
  const runner =
    (run: (server: ActorId, dial: number) => Promise<Command>): EffectRunner =>
    async (effect, { id }: ActorRef) => {
      await started.promise;
      const { context } = actors.get(id)?.state ?? {};
      const { dial } = effect as LineEffect;
      if (stopping || !context || context.dials !== dial) return settled;
      return run(actorId(context.server), dial);
    };

  const current = ({ server, session }: Pinged): Line | undefined => {
    const line = lines.get(server);
    return line?.session === session ? line : undefined;
  };
  const startPinging = () =>
    startPings({
      lines: () => [...lines].map(([server, { session }]) => ({ server, session })),
      everyMs: pingMs,
      now,
      onForgotten(pinged) {
        const { server, session } = pinged;
        const line = current(pinged);
        if (line) (line.renewing ??= renew(server, line, session)).catch(() => undefined);
      },
      onLost(pinged, error) {
        const line = current(pinged);
        if (line) lost(pinged.server, line.dial, error);
      },
    });

  const stop = async () => {
    unsubscribe?.();
    pings?.stop();
    outbox.stop();
    reader.stop();
    started.resolve();
    await Promise.all([...new Set([...lines.keys(), ...dialling.keys()])].map(close));
  };

  return {
    session: (server) => lines.get(server)?.session,
    stateOf: (server) => actors.get(idOf(server))?.state,
    checkedAtMs(server) {
      const line = lines.get(server);
      const readyAtMs = actors.get(idOf(server))?.state.context.readyAtMs ?? undefined;
      return (line && pings?.answeredAtMs(line.session)) ?? readyAtMs;
    },
    async renew(server, forgotten) {
      const line = lines.get(server);
      if (!line || (line.session !== forgotten && !line.renewing)) return;
      await (line.renewing ??= renew(server, line, forgotten));
    },
    refresh(server) {
      reader.soon(server);
    },
    retry(server) {
      const state = servers.get(server)?.state;
      const value = actors.get(idOf(server))?.state.value;
      if (state?.value === 'enabled' && (value === 'backoff' || value === 'failed'))
        dialled(server, state, 'retry');
    },
    check(server) {
      const line = lines.get(server);
      if (line) pings?.ask({ server, session: line.session });
    },
    onOver(listener) {
      over = listener;
    },
    runners: {
      OpenMcpLine: runner(async (server, dial) => {
        await close(server);
        return open(server, dial);
      }),
      CloseMcpLine: runner(async (server) => {
        await close(server);
        return settled;
      }),
    },
    start() {
      for (const { id, state } of servers.all()) {
        const known = actors.get(idOf(id))?.state;
        if (state.value === 'enabled') dialled(id, state, known ? 'restarted' : 'enabled');
        else if (known) tell(id, hangUpCommand(state));
      }
      unsubscribe = servers.subscribe(({ id, state }, { type }) => {
        const cause = dialCauses[type];
        if (state.value !== 'enabled' || cause === 'changed') over(id);
        if (state.value === 'enabled') {
          if (cause) dialled(id, state, cause);
        } else if (type !== 'McpServerSecretErased') tell(id, hangUpCommand(state));
      });
      pings = startPinging();
      reader.onRead((server) => lines.get(server)?.session);
      started.resolve();
    },
    stop: () => (stopping ??= stop()),
  };
}
