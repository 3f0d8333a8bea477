/** What the gateway was set up with. */
import { Elysia, t } from 'elysia';
import type { Door } from '../http/door.ts';
import { nullable } from '../present/list.ts';
import { problems } from '../http/problem.ts';
import type { Services } from '../services.ts';

const value = nullable(t.Union([t.String(), t.Number(), t.Boolean()]));
const settings = t.Object({
  data: t.Array(
    t.Object({
      name: t.String({ description: 'the environment variable' }),
      value,
      default: value,
      unit: nullable(t.String()),
      source: t.String(),
      meaning: t.String(),
    }),
  ),
});

export const settingsRoutes = ({ config }: Services, { plugin }: Door) =>
  new Elysia({ name: 'settings' })
    .use(plugin)
    .get('/api/settings', () => ({ data: config.settings.map((setting) => ({ ...setting })) }), {
      response: { 200: settings, ...problems(401, 403) },
      detail: {
        summary:
          'Every setting with its value, default and source; of a secret only that it is set',
        tags: ['Operation'],
      },
    });
