/** A model route as the outside reads it. */
import { t, type Static } from 'elysia';
import type { ModelRouteState } from '../../actors/modelRoute/machine.ts';
import { strategy } from '../../events/modelRoute.ts';
import { dialect, type Dialect } from '../../events/provider.ts';
import { isoOf, nullable } from './list.ts';
import { snakeCase } from './snakeCase.ts';

const tokens = nullable(t.Integer());

export const modelRouteSchema = t.Object({
  id: t.String(),
  name: t.String(),
  strategy,
  targets: t.Array(
    t.Object({
      provider: t.String(),
      model: t.String(),
      weight: t.Integer(),
      context_length: tokens,
    }),
  ),
  dialects: t.Array(dialect, { description: 'in which clients can ask for it' }),
  context_length: tokens,
  price: nullable(
    t.Object({
      input_micro_usd: t.Number(),
      output_micro_usd: t.Number(),
      cached_micro_usd: nullable(t.Number()),
    }),
  ),
  limits: t.Record(t.String(), t.Integer(), {
    description: "the route's own; a setting that is not here is the gateway's",
  }),
  resume: t.Boolean(),
  record_bodies: t.Boolean(),
  created_at: t.String({ format: 'date-time' }),
});

export const presentModelRoute = (
  id: string,
  { context }: ModelRouteState,
  dialects: readonly Dialect[],
): Static<typeof modelRouteSchema> => {
  const { name, settings, createdAtMs } = context;
  const { price, limits = {} } = settings;
  return {
    id,
    name,
    strategy: settings.strategy,
    targets: settings.targets.map(({ provider, model, weight, contextLength = null }) => ({
      provider,
      model,
      weight,
      context_length: contextLength,
    })),
    dialects: [...dialects],
    context_length: settings.contextLength ?? null,
    price: price
      ? {
          input_micro_usd: price.inputMicroUsd,
          output_micro_usd: price.outputMicroUsd,
          cached_micro_usd: price.cachedMicroUsd ?? null,
        }
      : null,
    limits: Object.fromEntries(
      Object.entries(limits).map(([key, value]) => [snakeCase(key), value]),
    ),
    resume: settings.resume,
    record_bodies: settings.recordBodies,
    created_at: isoOf(createdAtMs),
  };
};
