/** The console: one page for every address under /console/, and its files. */
import { Elysia } from 'elysia';
import { consoleAsset, consolePage } from '../http/console.ts';
import type { Door } from '../http/door.ts';
import { notFound } from '../errors.ts';

const hidden = { detail: { hide: true } } as const;

export const consoleRoutes = ({ plugin }: Door) =>
  new Elysia({ name: 'console' })
    .use(plugin)
    .get(
      '/console/assets/:asset',
      async ({ params, request, set }) => {
        const asset = await consoleAsset(params.asset, request);
        if (!asset) throw notFound('GET', `/console/assets/${params.asset}`);
        delete set.headers['cache-control'];
        return asset;
      },
      hidden,
    )
    .get(
      '/console',
      ({ set }) => {
        delete set.headers['cache-control'];
        return consolePage();
      },
      hidden,
    )
    .get(
      '/console/*',
      ({ set }) => {
        delete set.headers['cache-control'];
        return consolePage();
      },
      hidden,
    );
