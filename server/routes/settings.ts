/** What the gateway was set up with, and what operators change while it runs. */
import { Elysia, t } from 'elysia';
import type { Door } from '../http/door.ts';
import { strict } from '../http/fields.ts';
import { Problem, problems } from '../http/problem.ts';
import { cursorText } from '../live/cursor.ts';
import { listOf } from '../present/list.ts';
import {
  presentSetting,
  presentVariable,
  settingSchema,
  type PresentedSetting,
} from '../present/setting.ts';
import type { Services } from '../services.ts';

const params = t.Object({ name: t.String({ maxLength: 100 }) });
const body = t.Object(
  { value: t.Unknown({ description: 'null is a value: DELETE takes one back' }) },
  strict,
);
const tags = ['Operation'];
const changed = { 200: settingSchema, ...problems(400, 401, 403, 404, 409, 422, 503) };

type Used = Pick<Services, 'config' | 'runtime' | 'settings'>;

export function settingsRoutes({ config, runtime, settings }: Used, { plugin }: Door) {
  const behind = new Set(settings.view().map(({ variable }) => variable));
  const fixed = config.settings.filter(({ name }) => !behind.has(name)).map(presentVariable);

  const missing = (name: string): Problem =>
    new Problem(
      404,
      'SETTING_NOT_FOUND',
      `No setting is called ${JSON.stringify(name)}; GET /api/settings lists them.`,
    );
  const find = (name: string): PresentedSetting => {
    const view = settings.viewOf(name);
    if (view) return presentSetting(view);
    const variable = fixed.find((one) => one.name === name);
    if (variable) return { ...variable };
    throw missing(name);
  };
  /** @throws {Problem} for what cannot be changed, or is not there. */
  const checkChangeable = (name: string): void => {
    if (find(name).changeable) return;
    const detail = `${name} is read at the start: set the variable and start the gateway again.`;
    throw new Problem(409, 'SETTING_FIXED', detail);
  };

  const change = async (
    name: string,
    value: unknown,
    cause: Parameters<typeof settings.change>[2],
  ) => {
    checkChangeable(name);
    return presentSetting(await settings.change(name, value, cause));
  };
  const detail = { summary: 'Change a setting, in every gateway and while it runs', tags };

  return new Elysia({ name: 'settings' })
    .use(plugin)
    .get(
      '/api/settings',
      () => {
        const cursor = cursorText({ control: runtime.position() });
        const data = [...settings.view().map(presentSetting), ...fixed.map((one) => ({ ...one }))];
        return { data, next: null, cursor };
      },
      {
        response: { 200: listOf(settingSchema, t.String()), ...problems(401, 403) },
        detail: {
          summary:
            'Every setting with its value, default and source; of a secret only that it is set',
          tags,
        },
      },
    )
    .get('/api/settings/:name', ({ params: { name } }) => find(name), {
      params,
      response: { 200: settingSchema, ...problems(401, 403, 404) },
      detail: { summary: 'One setting', tags },
    })
    .patch(
      '/api/settings/:name',
      ({ params: { name }, body: { value }, cause }) => change(name, value, cause),
      { params, body, response: changed, detail },
    )
    .put(
      '/api/settings/:name',
      ({ params: { name }, body: { value }, cause }) => change(name, value, cause),
      { params, body, response: changed, detail },
    )
    .delete(
      '/api/settings/:name',
      async ({ params: { name }, cause }) => {
        checkChangeable(name);
        return presentSetting(await settings.reset(name, cause));
      },
      {
        params,
        response: changed,
        detail: { summary: 'Back to the variable, or to the default', tags },
      },
    );
}
