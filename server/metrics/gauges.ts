/** What the gateway knows of itself at the moment of a scrape. */
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import { actorId } from '../../events/ids.ts';
import type { Family } from './metrics.ts';
import { snakeCase } from '../present/snakeCase.ts';
import type { Services } from '../services.ts';

const gauge = (name: string, help: string, samples: Family['samples']): Family => ({
  name,
  help,
  type: 'gauge',
  samples,
});

/** A scrape does not wait longer for a log that is silent. */
const stateMs = 1_000;

const streams = ['CONTROL', 'CONVERSATIONS', 'TRAFFIC'] as const;

const one = (value: number, labels = {}) => [{ labels, value }];

export function gaugesOf(services: Services): readonly Family[] {
  const { config, gatewayId, now, log, runtime, verdicts, recorder, readModels, tally } = services;
  const { breakers, mcp } = services;
  const startedAtS = Math.floor(now() / 1_000);

  const keysByStatus = () =>
    [...tally.providers()].flatMap(([provider, keys]) =>
      (['healthy', 'resting', 'disabled'] as const).map((status) => ({
        labels: { provider, status },
        value: keys[status],
      })),
    );

  const breakersByState = () =>
    [...tally.providers().keys()].flatMap((provider) => {
      const { value } = breakers.stateOf(actorId(provider));
      return (['closed', 'open', 'half-open'] as const).map((state) => ({
        labels: { provider, state },
        value: Number(state === value),
      }));
    });

  /** Of this process. */
  const mcpConnectionsByState = () =>
    [...runtime.of(mcpServerKind).all()].flatMap(({ id, state: server }) => {
      if (server.value === 'removed') return [];
      const state = String(mcp.connections.stateOf(id)?.value ?? 'idle');
      return one(1, { server: id, state });
    });

  /** Nothing rather than a wait while the log is away. */
  const projectionLag = async () => {
    if (!log.isConnected()) return [];
    const states = await Promise.race([
      Promise.all(streams.map((stream) => log.state(stream))).catch(() => []),
      Bun.sleep(stateMs).then(() => []),
    ]);
    const projected = new Map(readModels.positions().map((row) => [row.stream, row.sequence]));
    return streams.flatMap((stream, index) => {
      const last = states[index]?.lastSequence;
      if (last === undefined) return [];
      return one(Math.max(0, last - (projected.get(stream) ?? 0)), { stream });
    });
  };

  return [
    gauge('signalbox_info', 'Always 1; the labels say which gateway of which version', () =>
      one(1, { version: config.version, gateway: gatewayId, mode: config.mode }),
    ),
    gauge('signalbox_provider_keys', 'Provider keys by provider and status', keysByStatus),
    gauge(
      'signalbox_breaker_state',
      'Breakers by provider and state: 1 for the state it is in',
      breakersByState,
    ),
    gauge(
      'signalbox_mcp_connections',
      'MCP servers by the state of their connection: 1 for the state it is in',
      mcpConnectionsByState,
    ),
    gauge('signalbox_log_connected', '1 while the log can be reached', () =>
      one(Number(log.isConnected())),
    ),
    gauge('signalbox_spool_bytes', 'Traffic that waits on disk for the log', () =>
      one(recorder.stats().spooledBytes),
    ),
    gauge('signalbox_traffic_dropped', 'Traffic events thrown away since the start', () =>
      one(recorder.stats().dropped),
    ),
    gauge('signalbox_client_limited', "Requests over their client's limit since the start", () =>
      Object.entries(services.clients.refused()).map(([limit, value]) => ({
        labels: { limit: snakeCase(limit) },
        value,
      })),
    ),
    gauge('signalbox_bodies_dropped', 'Bodies that could not be recorded since the start', () =>
      one(services.bodies.stats().dropped),
    ),
    gauge('signalbox_pending_verdicts', 'Keys about which something waits for the log', () =>
      one(verdicts.pending()),
    ),
    gauge('signalbox_pending_breakers', 'Breakers about which something waits for the log', () =>
      one(breakers.pending()),
    ),
    gauge('signalbox_requests_in_flight', 'Proxied requests under way', () =>
      one(services.drain.inFlight),
    ),
    gauge('signalbox_mcp_sessions', 'Sessions of MCP clients that this process holds', () =>
      one(services.mcp.sessions.size()),
    ),
    gauge(
      'signalbox_mcp_session_bytes',
      'Kept of what MCP clients were told, for streams that are cut',
      () => one(services.mcp.sessions.keptBytes()),
    ),
    gauge('signalbox_mcp_client_connections', 'Connections to MCP servers for single clients', () =>
      one(services.mcp.pool.size()),
    ),
    gauge('signalbox_actors', 'Actors in memory', () => one(runtime.stats().actors)),
    gauge('signalbox_projection_lag', 'Messages of a stream that are not projected', projectionLag),
    gauge('process_resident_memory_bytes', 'Resident memory of this process', () =>
      one(process.memoryUsage.rss()),
    ),
    gauge('process_start_time_seconds', 'Start of this process (epoch)', () => one(startedAtS)),
  ];
}
