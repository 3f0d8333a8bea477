/** Model routes in memory, and which provider answers for a name that is none. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { ModelRouteCommand } from '../../actors/modelRoute/commands.ts';
import { modelRouteKind } from '../../actors/modelRoute/modelRoute.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { createRuntime, type Runtime } from '../../actors/runtime/runtime.ts';
import { actorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import type { Dialect } from '../../events/provider.ts';
import { createModelRoutes, modelRouteIdOf } from '../../server/modelRoutes/modelRoutes.ts';
import { createProviders } from '../../server/proxy/providers.ts';

const now = () => 1_790_000_000_000;
let runtime: Runtime;

beforeEach(async () => {
  const kinds = [modelRouteKind, providerKind];
  const onError = (error: unknown) => {
    throw error;
  };
  runtime = createRuntime({ log: memoryLog({ now }), kinds, gatewayId: 'one', now, onError });
  await runtime.start();
});
afterEach(() => runtime.stop());

const define = (name: string, model = 'gpt-5') =>
  runtime.of(modelRouteKind).ask(
    modelRouteIdOf(name),
    {
      type: 'DefineModelRoute',
      name,
      strategy: 'fallback',
      targets: [{ provider: 'openai', model, weight: 1 }],
      resume: false,
      recordBodies: false,
      createdAtMs: now(),
    },
    runtime.ownCause(),
  );

const addProvider = (id: string, dialect: Dialect) =>
  runtime.of(providerKind).ask(
    actorId(id),
    {
      type: 'AddProvider',
      name: id,
      dialect,
      baseUrl: 'https://ai.example/v1',
      auth: 'bearer',
      source: 'api',
      createdAtMs: now(),
    },
    runtime.ownCause(),
  );

describe('Model routes', () => {
  test('are found by their exact names, as long as they are there', async () => {
    await define('before');
    const routes = createModelRoutes(runtime);
    await define('team/fast');
    expect(routes.named('team/fast')).toMatchObject({ name: 'team/fast', strategy: 'fallback' });
    expect(routes.named('before')?.targets[0]?.model).toBe('gpt-5');
    for (const other of ['', 'fast', 'Team/fast', 'team/fast/']) {
      expect(routes.named(other)).toBeUndefined();
    }
    expect(routes.all().map(({ name }) => name)).toEqual(['before', 'team/fast']);
    const remove = { type: 'RemoveModelRoute' } as const;
    await runtime.of(modelRouteKind).ask(modelRouteIdOf('before'), remove, runtime.ownCause());
    expect(routes.named('before')).toBeUndefined();
    expect(routes.all().map(({ name }) => name)).toEqual(['team/fast']);
  });

  test('are the same objects until they change', async () => {
    const routes = createModelRoutes(runtime);
    await define('fast');
    const before = routes.named('fast');
    expect(routes.named('fast')).toBe(before);
    expect(routes.all()).toBe(routes.all());
    const change: ModelRouteCommand = {
      type: 'ChangeModelRoute',
      settings: {
        strategy: 'weighted',
        targets: [{ provider: 'openai', model: 'gpt-5', weight: 2 }],
        resume: true,
        recordBodies: false,
      },
    };
    await runtime.of(modelRouteKind).ask(actorId('fast'), change, runtime.ownCause());
    expect(routes.named('fast')).not.toBe(before);
    expect(routes.named('fast')).toMatchObject({
      name: 'fast',
      strategy: 'weighted',
      resume: true,
    });
  });

  test('have ids that only their names make', () => {
    expect(modelRouteIdOf('fast')).toBe(actorId('fast'));
    expect(modelRouteIdOf('team/fast')).toMatch(/^team-fast-[0-9a-f]{12}$/);
    expect(modelRouteIdOf('team.fast')).not.toBe(modelRouteIdOf('team/fast'));
    expect(modelRouteIdOf('日本')).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('A model that no route is named after', () => {
  test('goes to the provider before its slash, then to who offers it, then to the dialect’s', async () => {
    await addProvider('openai', 'openai');
    await addProvider('groq', 'openai');
    const asked: string[] = [];
    const providers = createProviders(runtime, (_dialect, model) => {
      asked.push(model);
      return { llama: 'groq', ghost: 'removed' }[model];
    });
    const to = (model: string) => {
      const target = providers.targetOf('openai', model);
      return target && [target.provider.id, target.model, target.isRenamed];
    };
    expect(to('groq/openai/gpt-oss')).toEqual(['groq', 'openai/gpt-oss', true]);
    expect(to('llama')).toEqual(['groq', 'llama', false]);
    expect(to('gpt-5')).toEqual(['openai', 'gpt-5', false]);
    expect(to('ghost')).toEqual(['openai', 'ghost', false]);
    expect(to('meta/llama')).toEqual(['openai', 'meta/llama', false]);
    expect(to('')).toEqual(['openai', '', false]);
    expect(asked).toEqual(['llama', 'gpt-5', 'ghost', 'meta/llama']);
    expect(providers.targetOf('gemini', 'gemini-x')).toBeUndefined();
  });
});
