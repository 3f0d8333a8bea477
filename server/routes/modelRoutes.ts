/** Model routes: public model names, and who answers for them. */
import { Elysia, t } from 'elysia';
import { modelRouteKind } from '../../actors/modelRoute/modelRoute.ts';
import type { ActorId } from '../../events/ids.ts';
import type { Door } from '../http/door.ts';
import { idParams } from '../http/fields.ts';
import { findActor } from '../http/findActor.ts';
import { pageOf, pageQuery } from '../http/paging.ts';
import { problems } from '../http/problem.ts';
import {
  changedSettings,
  modelRouteChanges,
  newModelRoute,
  usualSettings,
} from '../modelRoutes/body.ts';
import { checkFit, offeredDialects } from '../modelRoutes/fit.ts';
import { modelRouteIdOf } from '../modelRoutes/modelRoutes.ts';
import { listOf } from '../present/list.ts';
import { modelRouteSchema, presentModelRoute } from '../present/modelRoute.ts';
import type { Services } from '../services.ts';

export function modelRouteRoutes({ runtime, providers, now }: Services, { plugin }: Door) {
  const routes = runtime.of(modelRouteKind);
  const tags = ['Model routes'];

  const find = (id: string) => findActor(routes, id, 'MODEL_ROUTE_NOT_FOUND');
  const shown = (id: ActorId) => {
    const { state } = find(id);
    const { targets } = state.context.settings;
    return presentModelRoute(id, state, offeredDialects(targets, providers));
  };

  return new Elysia({ name: 'model-routes' })
    .use(plugin)
    .get(
      '/api/models',
      ({ query }) => {
        const present = [...routes.all()].filter(({ state }) => state.value === 'active');
        return pageOf(present, query, ({ id }) => shown(id), runtime);
      },
      {
        query: t.Object(pageQuery),
        response: { 200: listOf(modelRouteSchema, t.String()), ...problems(401, 403, 422) },
        detail: { summary: 'All model routes', tags },
      },
    )
    .get('/api/models/:id', ({ params }) => shown(find(params.id).id), {
      params: idParams,
      response: { 200: modelRouteSchema, ...problems(400, 401, 403, 404) },
      detail: { summary: 'One model route', tags },
    })
    .post(
      '/api/models',
      async ({ body, cause, status }) => {
        const { name, ...written } = body;
        const id = modelRouteIdOf(name);
        const settings = changedSettings(usualSettings, written);
        checkFit(settings.targets, providers);
        const command = {
          type: 'DefineModelRoute',
          name,
          ...settings,
          createdAtMs: now(),
        } as const;
        await routes.ask(id, command, cause);
        return status(201, shown(id));
      },
      {
        body: newModelRoute,
        response: { 201: modelRouteSchema, ...problems(400, 401, 403, 409, 422, 503) },
        detail: { summary: 'Define a model name and who answers for it', tags },
      },
    )
    .patch(
      '/api/models/:id',
      async ({ params, body, cause }) => {
        const { id, state } = find(params.id);
        const settings = changedSettings(state.context.settings, body);
        checkFit(settings.targets, providers);
        await routes.ask(id, { type: 'ChangeModelRoute', settings }, cause);
        return shown(id);
      },
      {
        params: idParams,
        body: modelRouteChanges,
        response: { 200: modelRouteSchema, ...problems(400, 401, 403, 404, 422, 503) },
        detail: { summary: 'Change a model route; null takes away, the name stays', tags },
      },
    )
    .delete(
      '/api/models/:id',
      async ({ params, cause, set }) => {
        const { id } = find(params.id);
        await routes.ask(id, { type: 'RemoveModelRoute' }, cause);
        set.status = 204;
      },
      {
        params: idParams,
        response: { 204: t.Void(), ...problems(400, 401, 403, 404, 503) },
        detail: { summary: 'Remove a model route; its name is no model any more', tags },
      },
    );
}
