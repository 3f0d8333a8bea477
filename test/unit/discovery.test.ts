/** Providers' lists of models: how they are read, what a bare name leads to, and how a caller sees them. */
import { describe, expect, test } from 'bun:test';
import type { Dialect } from '../../events/provider.ts';
import { entriesOf, type ModelEntry } from '../../server/discovery/entries.ts';
import { indexOffers } from '../../server/discovery/indexOffers.ts';
import { pagePath, readPage } from '../../server/discovery/offered.ts';
import { presentList, presentModel } from '../../server/discovery/present.ts';
import { modelRouteIdOf, type ModelRoute } from '../../server/modelRoutes/modelRoutes.ts';
import type { Provider } from '../../server/proxy/providers.ts';

const provider = (id: string, dialect: Dialect = 'openai'): Provider => ({
  id,
  dialect,
  baseUrl: `https://${id}.example`,
  auth: 'bearer',
});
const offering = (...ids: string[]) => new Map(ids.map((id) => [id, { id, listed: { id } }]));
const createdAtMs = Date.parse('2026-11-20T10:00:00Z');

const route = (name: string, ...providers: string[]): ModelRoute => ({
  id: modelRouteIdOf(name),
  name,
  createdAtMs,
  strategy: 'fallback',
  targets: providers.map((id) => ({ provider: id, model: 'm', weight: 1 })),
  resume: false,
  recordBodies: false,
});

describe('A page of a provider’s list', () => {
  test('is read in each dialect', () => {
    const openai = { object: 'list', data: [{ id: 'gpt-5', owned_by: 'openai' }, { no: 'id' }, 7] };
    expect(readPage('openai', openai)).toEqual({
      models: [{ id: 'gpt-5', listed: { id: 'gpt-5', owned_by: 'openai' } }],
      next: null,
    });
    const anthropic = { data: [{ id: 'claude-a' }], has_more: true, last_id: 'claude-a' };
    expect(readPage('anthropic', anthropic)).toMatchObject({ next: 'claude-a' });
    expect(readPage('anthropic', { ...anthropic, has_more: false })).toMatchObject({ next: null });
    const gemini = { models: [{ name: 'models/gemini-x' }], nextPageToken: 'p2' };
    expect(readPage('gemini', gemini)).toMatchObject({ models: [{ id: 'gemini-x' }], next: 'p2' });
  });

  test('may be a bare array, or empty', () => {
    expect(readPage('openai', [{ id: 'a' }])?.models).toHaveLength(1);
    expect(readPage('openai', { data: [] })).toEqual({ models: [], next: null });
    expect(readPage('gemini', {})).toEqual({ models: [], next: null });
  });

  test('is nothing else', () => {
    const others = [null, 'no', 7, { error: {} }, { data: {} }];
    for (const dialect of ['openai', 'anthropic'] as const) {
      for (const json of others) expect(readPage(dialect, json)).toBeUndefined();
    }
    expect(readPage('gemini', { error: { code: 400 } })).toBeUndefined();
    expect(readPage('gemini', [])).toBeUndefined();
  });

  test('is asked for after the one before it', () => {
    expect(pagePath('openai', null)).toBe('/models');
    expect(pagePath('anthropic', 'a/b')).toBe('/v1/models?limit=1000&after_id=a%2Fb');
    expect(pagePath('gemini', 'p2')).toBe('/v1beta/models?pageSize=1000&pageToken=p2');
  });
});

describe('A bare model name', () => {
  type Lists = Record<string, string[] | undefined>;
  const leads = (lists: Lists, model: string): string | undefined => {
    const providers = Object.keys(lists).map((id) => provider(id));
    const index = indexOffers(
      ['openai'],
      () => providers,
      ({ id }) => {
        const ids = lists[id];
        return { models: ids && offering(...ids), staleAtMs: 5 };
      },
    );
    return index.get('openai')?.providerOf.get(model);
  };

  test('leads to the one provider that offers it', () => {
    expect(leads({ openai: ['gpt-5'], groq: ['llama'] }, 'llama')).toBe('groq');
    expect(leads({ groq: ['llama'], ollama: ['qwen'] }, 'qwen')).toBe('ollama');
  });

  test('stays with the default where that offers it, or several others do', () => {
    expect(leads({ openai: ['gpt-5'], azure: ['gpt-5'] }, 'gpt-5')).toBeUndefined();
    expect(leads({ openai: [], a: ['m'], b: ['m'], c: ['m'] }, 'm')).toBeUndefined();
  });

  test('stays with a default whose list is not known', () => {
    expect(leads({ openai: undefined, groq: ['llama'] }, 'llama')).toBeUndefined();
    expect(leads({ openai: [], groq: undefined }, 'llama')).toBeUndefined();
  });

  test('is not looked up where the default is alone', () => {
    const index = indexOffers(
      ['openai', 'anthropic', 'gemini'],
      (dialect) => [provider(dialect, dialect)],
      () => ({ models: offering('m'), staleAtMs: 5 }),
    );
    expect(index.size).toBe(0);
  });
});

describe('The models of a caller', () => {
  const known = [provider('openai'), provider('groq'), provider('anthropic', 'anthropic')];
  const entries = (asked: Dialect[], more: Partial<Parameters<typeof entriesOf>[1]> = {}) =>
    entriesOf(asked, {
      routes: [],
      providerOf: (id) => known.find((one) => one.id === id),
      offers: [
        { provider: provider('openai'), models: offering('gpt-5', 'gpt-6') },
        { provider: provider('groq'), models: offering('llama') },
      ],
      mayUse: () => true,
      ...more,
    }).map(({ id }) => id);

  test('are named with their provider, but for the default’s', () => {
    expect(entries(['openai'])).toEqual(['gpt-5', 'gpt-6', 'groq/llama']);
  });

  test('begin with the routes; one hides what is called the same', () => {
    const routes = [route('fast', 'groq'), route('gpt-5', 'groq')];
    expect(entries(['openai'], { routes })).toEqual(['fast', 'gpt-5', 'gpt-6', 'groq/llama']);
  });

  test('leave out routes that nobody answers in the dialect', () => {
    const routes = [route('gone', 'removed'), route('claude', 'anthropic'), route('oss', 'groq')];
    expect(entries(['openai'], { routes, offers: [] })).toEqual(['claude', 'oss']);
    expect(entries(['anthropic'], { routes, offers: [] })).toEqual(['claude']);
    expect(entries(['gemini'], { routes, offers: [] })).toEqual([]);
  });

  test('are those that it may use', () => {
    const mayUse = (model: string) => !model.startsWith('gpt-6') && model !== 'fast';
    const routes = [route('fast', 'groq')];
    expect(entries(['openai'], { routes, mayUse })).toEqual(['gpt-5', 'groq/llama']);
  });
});

describe('A list', () => {
  const ours: ModelEntry = { id: 'fast', route: { ...route('fast', 'groq'), contextLength: 9 } };
  const theirs = (id: string, listed = {}): ModelEntry => ({ id, provider: 'acme', listed });

  test('is OpenAI’s, with what the provider says beside', () => {
    const entry = theirs('groq/llama', { id: 'llama', created: 7, owned_by: 'Meta', active: true });
    expect(presentList('openai', [ours, entry, theirs('m')], '')).toEqual({
      object: 'list',
      data: [
        {
          id: 'fast',
          object: 'model',
          created: createdAtMs / 1_000,
          owned_by: 'signalbox',
          context_length: 9,
        },
        { id: 'groq/llama', object: 'model', created: 7, owned_by: 'Meta', active: true },
        { id: 'm', object: 'model', created: 0, owned_by: 'acme' },
      ],
    });
  });

  test('is Anthropic’s, page by page in both directions', () => {
    const listed = { display_name: 'A', created_at: '2026-01-01T00:00:00Z' };
    const all = [ours, theirs('a', listed), theirs('b'), theirs('c')];
    const page = (search: string): Record<string, unknown> => {
      const { data, ...rest } = presentList('anthropic', all, search);
      return { ids: (data as { id: string }[]).map(({ id }) => id), ...rest };
    };
    expect(page('')).toEqual({
      ids: ['fast', 'a', 'b', 'c'],
      has_more: false,
      first_id: 'fast',
      last_id: 'c',
    });
    expect(page('?limit=2')).toMatchObject({ ids: ['fast', 'a'], has_more: true, last_id: 'a' });
    expect(page('?limit=2&after_id=a')).toMatchObject({ ids: ['b', 'c'], has_more: false });
    expect(page('?limit=2&before_id=c')).toMatchObject({ ids: ['a', 'b'], has_more: true });
    expect(page('?limit=5&before_id=b')).toMatchObject({ ids: ['fast', 'a'], has_more: false });
    const presented: object = presentModel('anthropic', theirs('a', listed));
    expect(presented).toEqual({ type: 'model', id: 'a', ...listed });
    expect(presentModel('anthropic', ours)).toMatchObject({
      display_name: 'fast',
      created_at: '2026-11-20T10:00:00.000Z',
    });
    expect(presentModel('anthropic', theirs('b'))).toMatchObject({
      created_at: '1970-01-01T00:00:00Z',
    });
  });

  test('is Gemini’s, page by page', () => {
    const all = [ours, theirs('a', { name: 'models/a', inputTokenLimit: 5 }), theirs('acme/b')];
    const first = presentList('gemini', all, '?pageSize=2');
    expect(first).toMatchObject({
      models: [
        { name: 'models/fast', inputTokenLimit: 9 },
        { name: 'models/a', inputTokenLimit: 5 },
      ],
      nextPageToken: '2',
    });
    expect(presentList('gemini', all, '?pageSize=2&pageToken=2')).toEqual({
      models: [{ name: 'models/acme/b' }],
    });
    expect(presentList('gemini', [], '')).toEqual({ models: [] });
  });

  test('is OpenAI’s as Gemini writes it', () => {
    const entry: ModelEntry = { id: 'g', provider: 'gemini', listed: { displayName: 'G' } };
    expect(presentModel('openai-compatible', entry)).toEqual({
      id: 'models/g',
      object: 'model',
      created: 0,
      owned_by: 'google',
      display_name: 'G',
    });
    expect(presentModel('openai-compatible', ours)).toMatchObject({ owned_by: 'signalbox' });
  });
});
