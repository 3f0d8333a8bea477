/** The record of each connection to a server that is one client's own: a traffic event, whatever came of it. */
import { trafficCatalog } from '../../events/catalog.ts';
import { newRequestId, traceIdOf, type ActorId } from '../../events/ids.ts';
import type { Recorder } from '../../events/recorder.ts';
import type { Asker } from './asker.ts';
import type { Catalog } from './catalog.ts';
import type { UpstreamSession } from './upstream/session.ts';
import { reasonOf } from './upstream/reason.ts';

export type ConnectionRecords = Readonly<{
  /** Opens it, and records that. @throws what opening it throws. */
  opening(
    asker: Pick<Asker, 'client'>,
    server: ActorId,
    open: () => Promise<UpstreamSession>,
  ): Promise<UpstreamSession>;
}>;

type Options = Readonly<{
  recorder: Pick<Recorder, 'record'>;
  catalog: Pick<Catalog, 'server'>;
  now: () => number;
}>;

const version = trafficCatalog.versionOf('McpConnectionOpened');
const longestError = 300;

export function createConnectionRecords({ recorder, catalog, now }: Options): ConnectionRecords {
  return {
    async opening({ client }, server, open) {
      const startedAtMs = now();
      const startedMs = performance.now();
      const record = (session: UpstreamSession | undefined, error: string) => {
        const id = newRequestId();
        const data = {
          client: client?.clientId ?? '',
          server,
          backend: session?.backend ?? '',
          transport: catalog.server(server)?.settings.transport ?? 'stdio',
          isOpen: session !== undefined,
          error: error.slice(0, longestError),
          startedAtMs,
          durationMs: Math.round((performance.now() - startedMs) * 1_000) / 1_000,
        };
        const traceId = traceIdOf(id);
        recorder.record({ id, type: 'McpConnectionOpened', version, atMs: now(), traceId, data });
      };
      try {
        const session = await open();
        record(session, '');
        return session;
      } catch (error) {
        record(undefined, reasonOf(error));
        throw error;
      }
    },
  };
}
