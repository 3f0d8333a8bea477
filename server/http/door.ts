/** What every management route has before its own work: a request id, a caller who may, a body that was read. */
import { Elysia } from 'elysia';
import type { Cause } from '../../events/event.ts';
import { newRequestId, parseTraceparent, traceIdOf, type RequestId } from '../../events/ids.ts';
import { createClientSide, levelOf } from '../access.ts';
import { originalOf } from './aliases.ts';
import { createCallers, type Caller } from '../access/callers.ts';
import { readBody } from './readBody.ts';
import type { Services } from '../services.ts';

type Server = Readonly<{ requestIP(request: Request): { address: string } | null }>;
type HttpContext = Readonly<{
  request: Request;
  route: string;
  server: Server | null;
  set: { headers: Record<string, string | number> };
}>;

/** What a route's handler gets with its context. */
export type Entered = Readonly<{
  caller: Caller;
  requestId: RequestId;
  /** For the commands of this request. */
  cause: Cause;
  /** The peer of the socket; what a header says about it counts for nothing. */
  address: string;
}>;

export const requestIdHeader = 'x-signalbox-request-id';
const plainBodyBytes = 1024 * 1024;
const largeBodies = new Set([
  '/api/conversations/:id/messages',
  '/api/provider-keys/import',
  '/api/mcp/:server',
  '/api/mcp/tools/:id/execute',
]);

export type Door = ReturnType<typeof createDoor>;

export function createDoor(services: Services) {
  const { config, sessions, settings, clients, localOnly, metrics, gatewayId, logger, isDraining } =
    services;
  const clientSide = createClientSide(config, clients, localOnly);
  const callers = createCallers({ config, sessions, clients, clientSide, localOnly });
  const entered = new WeakMap<Request, Promise<Entered>>();
  const startedMs = new WeakMap<Request, number>();

  const byOf = (caller: Caller): Cause['by'] => {
    if (caller.kind === 'operator') return { kind: 'operator', id: caller.id };
    if (caller.kind === 'client') return { kind: 'client', id: caller.client.keyId };
    return { kind: 'gateway', id: gatewayId };
  };

  const firstEnter = async ({ request, route, server, set }: HttpContext): Promise<Entered> => {
    const requestId = newRequestId();
    startedMs.set(request, performance.now());
    set.headers[requestIdHeader] = requestId;
    set.headers['cache-control'] = 'no-store';
    set.headers['x-content-type-options'] = 'nosniff';
    if (isDraining()) set.headers['connection'] = 'close';
    const caller = await callers.admit(levelOf(request.method, route), request);
    const traceId = parseTraceparent(request.headers.get('traceparent')) ?? traceIdOf(requestId);
    return {
      caller,
      requestId,
      cause: { by: byOf(caller), correlationId: requestId, causationId: requestId, traceId },
      address: server?.requestIP(originalOf(request))?.address ?? 'unknown',
    };
  };

  /** Once for each request: before its body is read, or before its handler where it has none. */
  const enter = (context: HttpContext): Promise<Entered> => {
    const { request } = context;
    const known = entered.get(request) ?? firstEnter(context);
    entered.set(request, known);
    return known;
  };

  const plugin = new Elysia({ name: 'door' })
    .onParse({ as: 'scoped' }, async (context) => {
      await enter(context as HttpContext);
      const { route, request } = context;
      return readBody(
        request,
        largeBodies.has(route) ? settings.values.bodyLimitBytes : plainBodyBytes,
      );
    })
    .derive({ as: 'scoped' }, (context) => {
      // Its body is in; what it asks for may be ten thousand writes to disk.
      context.server?.timeout(originalOf(context.request), 0);
      return enter(context as HttpContext);
    })
    .onAfterResponse({ as: 'scoped' }, ({ request, route, set, responseValue }) => {
      const status =
        responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200);
      const { method } = request;
      const durationMs = performance.now() - (startedMs.get(request) ?? performance.now());
      metrics.countManagement(method, route, status, durationMs);
      const requestId = set.headers[requestIdHeader];
      logger.debug(
        { method, route, status, requestId, durationMs: Math.round(durationMs) },
        'http',
      );
    });
  return { plugin };
}
