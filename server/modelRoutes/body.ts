/** A model route as an operator writes it, and what becomes of that in the log. */
import { Type, type TSchema } from '@sinclair/typebox';
import { t, type Static } from 'elysia';
import type { ModelRouteSettings } from '../../actors/modelRoute/commands.ts';
import {
  routeLimits,
  strategy,
  type ModelTarget,
  type PriceOverride,
  type RouteLimits,
} from '../../events/modelRoute.ts';
import { slugField, strict } from '../http/fields.ts';
import { snakeCase } from '../present/snakeCase.ts';
import { table } from '../settings/table.ts';

const whole = (minimum: number, maximum: number, what: string) =>
  Type.Integer({ minimum, maximum, error: `expected ${what}` });

const orNull = <Schema extends TSchema>(schema: Schema, what: string) =>
  t.Union([schema, t.Null()], { error: `expected ${what}, or null` });

const text = (maxLength: number, description: string) =>
  t.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\x00-\\x20\\x7f]+$',
    error: `expected a text of 1 to ${maxLength} characters without spaces`,
    description,
  });

const contextLength = orNull(
  Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
  'a number of tokens',
);

const target = t.Object(
  {
    provider: slugField,
    model: text(256, 'as the vendor names it'),
    weight: t.Optional(whole(0, 1_000, 'a whole number from 0 to 1,000')),
    context_length: t.Optional(contextLength),
  },
  strict,
);

const microUsd = t.Number({ minimum: 0, maximum: 1e12 });

const price = t.Object(
  {
    input_micro_usd: microUsd,
    output_micro_usd: microUsd,
    cached_micro_usd: t.Optional(t.Union([microUsd, t.Null()])),
  },
  { ...strict, description: 'micro-USD per million tokens, instead of the public price' },
);

const limitKeys = Object.keys(routeLimits.properties) as (keyof RouteLimits)[];

const listed = limitKeys.map(snakeCase).join(', ');

/** Each within the bounds of the setting it stands in for. */
const limits = t.Object(
  Object.fromEntries(
    limitKeys.map((key) => {
      const { schema, meaning } = table[key];
      const described = { ...schema, description: meaning };
      return [snakeCase(key), t.Optional(Type.Unsafe<number>(described))];
    }),
  ),
  { ...strict, description: 'instead of the settings of these names' },
);

const settings = {
  strategy,
  targets: t.Array(target, { minItems: 1, maxItems: 32, error: 'expected 1 to 32 targets' }),
  context_length: contextLength,
  price: orNull(
    price,
    'input_micro_usd, output_micro_usd and perhaps cached_micro_usd, for a million tokens each',
  ),
  limits: orNull(limits, `${listed}: each as the setting of its name`),
  resume: t.Boolean({ description: 'a stream that breaks may go on with another target' }),
  record_bodies: t.Boolean({ description: 'keep requests and answers, encrypted' }),
};

export const modelRouteChanges = t.Partial(t.Object(settings), strict);
const { targets, ...others } = settings;
export const newModelRoute = t.Composite(
  [
    t.Object({ name: text(200, 'what clients ask for; may contain /'), targets }),
    t.Partial(t.Object(others)),
  ],
  strict,
);

export type ModelRouteChanges = Static<typeof modelRouteChanges>;

/** The field, or no field: an undefined one would not be in the log. */
const present = <Name extends string, Value>(name: Name, value: Value | null | undefined) =>
  (value === null || value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };

const targetOf = (written: Static<typeof target>): ModelTarget => ({
  provider: written.provider,
  model: written.model,
  weight: written.weight ?? 1,
  ...present('contextLength', written.context_length),
});

const priceOf = (written: Static<typeof price>): PriceOverride => ({
  inputMicroUsd: written.input_micro_usd,
  outputMicroUsd: written.output_micro_usd,
  ...present('cachedMicroUsd', written.cached_micro_usd),
});

const limitsOf = (written: Static<typeof limits>): RouteLimits =>
  Object.fromEntries(
    limitKeys.flatMap((key) => {
      const value = written[snakeCase(key)];
      return value === undefined ? [] : [[key, value]];
    }),
  );

export const usualSettings: ModelRouteSettings = {
  strategy: 'fallback',
  targets: [],
  resume: false,
  recordBodies: false,
};

/** What is not written stays; null takes away. */
export function changedSettings(
  before: ModelRouteSettings,
  changes: ModelRouteChanges,
): ModelRouteSettings {
  const { contextLength: tokens, price: paid, limits: own, ...kept } = before;
  const room = changes.context_length === undefined ? tokens : changes.context_length;
  const costs = changes.price === undefined ? paid : changes.price && priceOf(changes.price);
  const within = changes.limits === undefined ? own : changes.limits && limitsOf(changes.limits);
  return {
    strategy: changes.strategy ?? kept.strategy,
    targets: changes.targets?.map(targetOf) ?? kept.targets,
    resume: changes.resume ?? kept.resume,
    recordBodies: changes.record_bodies ?? kept.recordBodies,
    ...present('contextLength', room),
    ...present('price', costs),
    ...present('limits', within && Object.keys(within).length > 0 ? within : null),
  };
}
