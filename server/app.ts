/** All routes of the gateway, and what becomes of an error in one of them. */
import { Elysia, type AnyElysia } from 'elysia';
import { aliasRoutes } from './http/aliases.ts';
import { createDoor, requestIdHeader, type Door } from './http/door.ts';
import { internal, loggable, notFound, problemOf } from './errors.ts';
import { gaugesOf } from './metrics/gauges.ts';
import { newRequestId } from '../events/ids.ts';
import { problemResponse } from './http/problem.ts';
import { actorsRoutes } from './routes/actors.ts';
import { clientKeyRoutes } from './routes/clientKeys.ts';
import { consoleRoutes } from './routes/console.ts';
import { conversationActorRoutes } from './routes/conversationActors.ts';
import { conversationListRoutes } from './routes/conversationList.ts';
import { conversationMessageRoutes } from './routes/conversationMessages.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventsRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { liveRoutes } from './routes/live.ts';
import { loginRoutes } from './routes/login.ts';
import { logsRoutes } from './routes/logs.ts';
import { mcpEndpointRoutes } from './routes/mcpEndpoint.ts';
import { mcpCallRoutes } from './routes/mcpCalls.ts';
import { mcpOverviewRoutes } from './routes/mcpOverview.ts';
import { mcpServerRoutes } from './routes/mcpServers.ts';
import { mcpSessionRoutes } from './routes/mcpSessions.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { modelRouteRoutes } from './routes/modelRoutes.ts';
import { pageRoutes } from './routes/pages.ts';
import { providerKeyActionRoutes } from './routes/providerKeyActions.ts';
import { providerKeyRoutes } from './routes/providerKeys.ts';
import { providerRoutes } from './routes/providers.ts';
import { proxyRoutes } from './routes/proxyRoutes.ts';
import { settingsRoutes } from './routes/settings.ts';
import { snapshotRoutes } from './routes/snapshot.ts';
import { statsRoutes } from './routes/stats.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { toolCallRoutes } from './routes/toolCalls.ts';
import type { Services } from './services.ts';

/** The routes that /docs describes. */
const managementRoutes = (services: Services, door: Door) =>
  new Elysia({ name: 'management' })
    .use(healthRoutes(services, door))
    .use(metricsRoutes(services, door))
    .use(loginRoutes(services, door))
    .use(providerRoutes(services, door))
    .use(providerKeyRoutes(services, door))
    .use(providerKeyActionRoutes(services, door))
    .use(clientKeyRoutes(services, door))
    .use(modelRouteRoutes(services, door))
    .use(conversationListRoutes(services, door))
    .use(conversationRoutes(services, door))
    .use(conversationMessageRoutes(services, door))
    .use(mcpServerRoutes(services, door))
    .use(mcpSessionRoutes(services, door))
    .use(mcpOverviewRoutes(services, door))
    .use(mcpCallRoutes(services, door))
    .use(toolCallRoutes(services, door))
    .use(settingsRoutes(services, door))
    .use(webhookRoutes(services, door))
    .use(eventsRoutes(services, door))
    .use(conversationActorRoutes(services, door))
    .use(actorsRoutes(services, door))
    .use(logsRoutes(services, door))
    .use(statsRoutes(services, door))
    .use(liveRoutes(services, door))
    .use(snapshotRoutes(services, door));

/** Every error of every route becomes a problem here; what nobody expected is logged under the request's id. */
const errorAnswers = ({ logger, now, metrics }: Services) =>
  new Elysia({ name: 'errors' }).onError({ as: 'global' }, (context) => {
    const { error, code, request, set } = context;
    const { pathname } = new URL(request.url);
    const { method } = request;
    const route = 'route' in context && typeof context.route === 'string' ? context.route : '';
    const requestId = String(set.headers[requestIdHeader] ?? newRequestId());
    set.headers[requestIdHeader] = requestId;
    set.headers['cache-control'] = 'no-store';
    const known =
      code === 'NOT_FOUND' && !route ? notFound(method, pathname) : problemOf(error, route);
    if (!known)
      logger.error({ error: loggable(error), requestId, method, route }, 'a request failed');
    const problem = known ?? internal(requestId);
    if (!route) metrics.countManagement(method, 'unknown', problem.status, 0);
    set.status = problem.status;
    return problemResponse(problem, now());
  });

const named = (services: Services, door: Door) =>
  // The errors come first: they are for all routes after them.
  // Not normalised: a field that nobody knows is told to the caller, not dropped.
  new Elysia({
    normalize: false,
    serve: {
      routes: {
        ...proxyRoutes(services),
        ...mcpEndpointRoutes(services.mcp, services.config.mcpPathPrefix),
      },
    },
  })
    .use(errorAnswers(services))
    .use(managementRoutes(services, door))
    .use(consoleRoutes(door))
    .use(pageRoutes(door))
    .use(docsRoutes(services, door, (): AnyElysia => managementRoutes(services, door)));

export function buildApp(services: Services) {
  const app = named(services, createDoor(services));
  services.metrics.add(...gaugesOf(services));
  return app.use(aliasRoutes((request) => app.handle(request)));
}

/** For the console's typed client; the server is not imported with it. */
export type App = ReturnType<typeof buildApp>;
