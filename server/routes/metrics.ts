/** Numbers for Prometheus. */
import { Elysia } from 'elysia';
import type { Door } from '../http/door.ts';
import { notFound } from '../errors.ts';
import type { Services } from '../services.ts';

export const metricsRoutes = ({ config, metrics }: Services, { plugin }: Door) =>
  new Elysia({ name: 'metrics' }).use(plugin).get(
    '/metrics',
    async () => {
      if (!config.metricsEnabled) throw notFound('GET', '/metrics');
      const { text, type } = await metrics.render();
      return new Response(text, { headers: { 'content-type': type } });
    },
    {
      detail: {
        summary: 'Metrics in the Prometheus text format',
        tags: ['Operation'],
        responses: { 200: { description: 'Prometheus text', content: { 'text/plain': {} } } },
      },
    },
  );
