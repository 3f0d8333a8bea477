/** Whether the gateway lives, and whether it can work. */
import { Elysia, t } from 'elysia';
import { failingParts } from '../condition.ts';
import type { Door } from '../http/door.ts';
import { isoOf } from '../present/list.ts';
import { Problem, problems } from '../http/problem.ts';
import type { Services } from '../services.ts';

const health = t.Object({
  status: t.Literal('healthy'),
  version: t.String(),
  backends: t.Object({ total: t.Integer(), healthy: t.Integer(), unhealthy: t.Integer() }),
  timestamp: t.String({ format: 'date-time' }),
  providers: t.Optional(t.Integer({ description: 'with a credential only, like keys' })),
  keys: t.Optional(
    t.Object({
      total: t.Integer(),
      healthy: t.Integer(),
      resting: t.Integer(),
      disabled: t.Integer(),
    }),
  ),
});

export function healthRoutes(services: Services, { plugin }: Door) {
  const { config, now, tally, mcp } = services;

  /** Whatever the gateway has behind it: providers, and backends of MCP servers. */
  const backends = () => {
    const [providers, mcpBackends] = [tally.backends(), mcp.backends.count()];
    return {
      total: providers.total + mcpBackends.total,
      healthy: providers.healthy + mcpBackends.healthy,
      unhealthy: providers.unhealthy + mcpBackends.unhealthy,
    };
  };

  return new Elysia({ name: 'health' })
    .use(plugin)
    .get(
      '/health',
      ({ caller }) => ({
        status: 'healthy' as const,
        version: config.version,
        backends: backends(),
        timestamp: isoOf(now()),
        ...(caller.kind !== 'anyone' && { providers: tally.providers().size, keys: tally.keys() }),
      }),
      {
        detail: { summary: 'Whether the gateway lives', tags: ['Operation'] },
        response: { 200: health },
      },
    )
    .get(
      '/ready',
      () => {
        const failing = failingParts(services);
        if (failing.length === 0) return { status: 'ready' as const };
        throw new Problem(503, 'NOT_READY', `Not ready: ${failing.join('; ')}.`, {
          'retry-after': '2',
        });
      },
      {
        detail: { summary: 'Whether the gateway can work; names what fails', tags: ['Operation'] },
        response: { 200: t.Object({ status: t.Literal('ready') }), ...problems(503) },
      },
    );
}
