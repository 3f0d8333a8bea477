/** What becomes of a model route, state by state. */
import { describe, expect, test } from 'bun:test';
import { modelRouteKind } from '../../actors/modelRoute/modelRoute.ts';
import type { ModelRouteEvent } from '../../events/modelRoute.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(modelRouteKind);

const settings = {
  strategy: 'fallback' as const,
  targets: [
    { provider: 'openai', model: 'gpt-5', weight: 1, contextLength: 400_000 },
    { provider: 'groq', model: 'openai/gpt-oss-120b', weight: 1 },
  ],
  price: { inputMicroUsd: 1_250_000, outputMicroUsd: 10_000_000 },
  limits: { firstEventMs: 5_000 },
  resume: false,
  recordBodies: false,
};
const data = { name: 'team/fast', ...settings, createdAtMs: 1_790_000_000_000 };
const defined: ModelRouteEvent = { type: 'ModelRouteDefined', data };
const removed: ModelRouteEvent = { type: 'ModelRouteRemoved', data: {} };
const [first] = settings.targets;

describe('a model route', () => {
  test('is defined with its name and its settings', () => {
    const { value, context } = given()
      .when({ type: 'DefineModelRoute', ...data })
      .thenHappened(defined);
    expect(value).toBe('active');
    expect(context).toEqual({ name: 'team/fast', settings, createdAtMs: data.createdAtMs });
  });
  test('that is there is not defined again', () => {
    given(defined)
      .when({ type: 'DefineModelRoute', ...data })
      .thenRefused('ALREADY_EXISTS');
  });
  test('changes as a whole: what is left out is gone', () => {
    const { limits: _limits, ...without } = settings;
    const { context } = given(defined)
      .when({ type: 'ChangeModelRoute', settings: without })
      .thenHappened({ type: 'ModelRouteChanged', data: without });
    expect(context).toEqual({
      name: 'team/fast',
      settings: without,
      createdAtMs: data.createdAtMs,
    });
  });
  test('that is told what it is already stays silent', () => {
    given(defined)
      .when({ type: 'ChangeModelRoute', settings: structuredClone(settings) })
      .thenNothingHappened();
  });
  test('without a target, or with one twice, is refused', () => {
    given()
      .when({ type: 'DefineModelRoute', ...data, targets: [] })
      .thenRefused('INVALID');
    const targets = first ? [first, { ...first, weight: 7 }] : [];
    given(defined)
      .when({ type: 'ChangeModelRoute', settings: { ...settings, targets } })
      .thenRefused('INVALID');
  });
  test('that was removed is gone, and its name free', () => {
    const state = given(defined).when({ type: 'RemoveModelRoute' }).thenHappened(removed);
    expect(state.value).toBe('removed');
    given(defined, removed).when({ type: 'RemoveModelRoute' }).thenRefused('GONE');
    given(defined, removed).when({ type: 'ChangeModelRoute', settings }).thenRefused('GONE');
    const again = given(defined, removed)
      .when({ type: 'DefineModelRoute', ...data })
      .thenHappened(defined);
    expect(again.value).toBe('active');
  });
  test('that never was cannot be changed or removed', () => {
    given().when({ type: 'RemoveModelRoute' }).thenRefused('NOT_FOUND');
    given().when({ type: 'ChangeModelRoute', settings }).thenRefused('NOT_FOUND');
  });
});
