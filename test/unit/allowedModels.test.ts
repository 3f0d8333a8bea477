/** Which models a client key may use. */
import { describe, expect, test } from 'bun:test';
import { allowedModels, matchesGlob, mayUse, modelRefusal } from '../../server/access/models.ts';

const asked = (more: object = {}) => ({
  method: 'POST',
  model: '',
  search: '',
  json: undefined as unknown,
  route: { route: '/v1/chat/completions' },
  ...more,
});
const only = (...globs: string[]) => allowedModels(globs) ?? (() => true);

describe('a glob', () => {
  test.each([
    ['gpt-*', 'gpt-5', true],
    ['gpt-*', 'gpt-', true],
    ['gpt-*', 'openai/gpt-5', false],
    ['anthropic/*', 'anthropic/claude-opus-4-8', true],
    ['openrouter/*/*-free', 'openrouter/meta/llama-free', true],
    ['*-mini', 'gpt-5-mini', true],
    ['*-mini', 'gpt-5-mini-2', false],
    ['gpt-5', 'gpt-5.1', false],
    ['gpt-5.1', 'gpt-5x1', false],
    ['a*b*c', 'abbbc', true],
    ['', '', true],
  ])('%s says of %s: %p', (glob, model, fits) => {
    expect(matchesGlob(glob, model)).toBe(fits);
  });

  test('of many stars is answered at once', () => {
    expect(matchesGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(300))).toBe(false);
  });
});

describe('a client key', () => {
  test('without models may use all, and so may one that names a star', () => {
    expect(allowedModels(null)).toBeNull();
    expect(allowedModels(['gpt-5', '*'])).toBeNull();
    expect(mayUse(null, 'any')).toBe(true);
    expect(mayUse({ models: null }, 'any')).toBe(true);
  });

  test('with models may use those, in Gemini’s spelling too', () => {
    const client = { models: only('gemini-2.5-*', 'my/route') };
    expect(mayUse(client, 'models/gemini-2.5-flash')).toBe(true);
    expect(mayUse(client, 'my/route')).toBe(true);
    expect(mayUse(client, 'gpt-5')).toBe(false);
    expect(mayUse(client, `gemini-2.5-${'x'.repeat(1_000)}`)).toBe(false);
  });

  test('is refused in words that name the model', () => {
    const refusal = modelRefusal(only('gpt-*'), asked({ model: 'o9' }));
    expect(refusal).toMatchObject({ status: 403, kind: 'permission', code: 'model_not_allowed' });
    expect(refusal?.message).toContain('"o9"');
    expect(modelRefusal(only('gpt-*'), asked({ model: 'gpt-5' }))).toBeNull();
  });

  test('does not get around it with a batch or a query', () => {
    const batch = (...models: (string | undefined)[]) =>
      asked({ json: { requests: models.map((model) => ({ params: { model } })) } });
    expect(modelRefusal(only('gpt-*'), batch('gpt-5', 'gpt-6'))).toBeNull();
    expect(modelRefusal(only('gpt-*'), batch('gpt-5', 'o9'))).toMatchObject({
      code: 'model_not_allowed',
    });
    expect(modelRefusal(only('gpt-*'), batch('gpt-5', undefined))).toMatchObject({
      code: 'model_not_told',
    });
    const realtime = (search: string) =>
      modelRefusal(
        only('gpt-*'),
        asked({ method: 'GET', search, route: { route: '/v1/realtime' } }),
      );
    expect(realtime('?model=gpt-realtime')).toBeNull();
    expect(realtime('?model=o9')).toMatchObject({ code: 'model_not_allowed' });
    expect(realtime('')).toMatchObject({ code: 'model_not_told' });
  });

  test('that names no model may read, store and cancel, and may not ask for work', () => {
    const refusal = (method: string, route: string) =>
      modelRefusal(only('gpt-*'), asked({ method, route: { route } }))?.code;
    expect(refusal('GET', '/v1/models')).toBeUndefined();
    expect(refusal('DELETE', '/v1/files/{id}')).toBeUndefined();
    expect(refusal('POST', '/v1/files')).toBeUndefined();
    expect(refusal('POST', '/v1/responses/{id}/cancel')).toBeUndefined();
    expect(refusal('POST', '/v1/batches')).toBe('model_not_told');
    expect(refusal('POST', '/v1/responses')).toBe('model_not_told');
  });
});
