/** What a request is by its path and headers: dialect, route, endpoint of the upstream. */
import { describe, expect, test } from 'bun:test';
import { detect, isCreation, withPathModel } from '../../server/proxy/detect.ts';

const google = { 'x-goog-api-key': 'k' };
const claude = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };

/** `POST /v1/x?y` in one string. */
function seen(request: string, headers: Record<string, string> = {}) {
  const [method = '', target = ''] = request.split(' ');
  const query = target.indexOf('?');
  const pathname = query === -1 ? target : target.slice(0, query);
  const search = query === -1 ? '' : target.slice(query);
  return detect(method, pathname, search, new Headers(headers));
}

describe('The dialect of a request', () => {
  test('is decided by a path that one vendor alone has, whatever the headers', () => {
    for (const headers of [{}, google, claude]) {
      expect(seen('POST /v1/chat/completions', headers)?.dialect).toBe('openai');
      expect(seen('POST /v1/responses', headers)?.dialect).toBe('openai');
      expect(seen('POST /v1/audio/transcriptions', headers)?.dialect).toBe('openai');
      expect(seen('POST /v1/messages', headers)?.dialect).toBe('anthropic');
      expect(seen('GET /v1/messages/batches/msgbatch_1/results', headers)?.dialect).toBe(
        'anthropic',
      );
      expect(seen('POST /v1/models/gemini-2.5-flash:generateContent', headers)?.dialect).toBe(
        'gemini',
      );
      expect(seen('GET /v1beta/models', headers)?.dialect).toBe('gemini');
      expect(seen('POST /upload/v1beta/files', headers)?.dialect).toBe('gemini');
      expect(seen('POST /v1beta/openai/chat/completions', headers)?.dialect).toBe('openai');
    }
  });

  test('is else decided by the headers, Google before Anthropic', () => {
    for (const path of ['/v1/models', '/v1/files/abc', '/v1/batches', '/v1/something']) {
      expect(seen(`GET ${path}`)?.dialect).toBe('openai');
      expect(seen(`GET ${path}`, claude)?.dialect).toBe('anthropic');
      expect(seen(`GET ${path}`, google)?.dialect).toBe('gemini');
      expect(seen(`GET ${path}?pageSize=5&key=k`, claude)?.dialect).toBe('gemini');
      expect(seen(`GET ${path}?monkey=k`)?.dialect).toBe('openai');
    }
  });

  test("does not take a model's colon for a verb of Gemini", () => {
    expect(seen('GET /v1/models/llama3:8b')).toMatchObject({
      dialect: 'openai',
      model: 'llama3:8b',
      route: '/v1/models/{model}',
    });
  });
});

describe('A path of Gemini', () => {
  test('names the model, the verb and whether it streams', () => {
    expect(seen('POST /v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse')).toEqual({
      dialect: 'gemini',
      route: '/v1beta/models/{model}:streamGenerateContent',
      model: 'gemini-2.5-flash',
      endpoint: 'generation',
      streamed: true,
      upstreamPath: '/v1beta/models/gemini-2.5-flash:streamGenerateContent',
    });
    expect(seen('POST /v1/models/gemini-2.5-flash:countTokens')).toMatchObject({
      endpoint: 'generation',
      streamed: false,
    });
    expect(seen('POST /v1beta/models/imagen-4:predict')?.endpoint).toBe('creation');
  });

  test('may hold an encoded or a prefixed model, which can be replaced', () => {
    for (const path of ['google%2Fgemini%3Ax', 'google/gemini:x']) {
      const found = seen(`POST /v1beta/models/${path}:generateContent`);
      expect(found?.model).toBe('google/gemini:x');
      expect(found && withPathModel(found, 'gemini:x')).toBe(
        '/v1beta/models/gemini:x:generateContent',
      );
    }
    const tuned = seen('POST /v1beta/tunedModels/mine:generateContent');
    expect(tuned?.model).toBe('tunedModels/mine');
    expect(tuned && withPathModel(tuned, 'tunedModels/my own')).toBe(
      '/v1beta/tunedModels/my%20own:generateContent',
    );
    const read = seen('GET /v1/models/openai/gpt-5');
    expect(read && withPathModel(read, 'gpt-5')).toBe('/models/gpt-5');
  });
});

describe('The path to the upstream', () => {
  test("leaves out the version that OpenAI's base URL has, and keeps the others'", () => {
    expect(seen('POST /v1/chat/completions')?.upstreamPath).toBe('/chat/completions');
    expect(seen('GET /v1/something/else')?.upstreamPath).toBe('/something/else');
    expect(seen('POST /v1/messages')?.upstreamPath).toBe('/v1/messages');
    expect(seen('GET /v1/models', google)?.upstreamPath).toBe('/v1/models');
    expect(seen('POST /v1beta/openai/embeddings')).toMatchObject({
      upstreamPath: '/v1beta/openai/embeddings',
      route: '/v1beta/openai/embeddings',
      openAiCompatible: true,
      endpoint: 'generation',
    });
  });

  test('keeps its bytes', () => {
    expect(seen('GET /v1/files/a%2Fb%20c')?.upstreamPath).toBe('/files/a%2Fb%20c');
  });
});

describe('A route', () => {
  test('is a template without ids', () => {
    const routes = {
      '/v1/files/file-abc123/content': '/v1/files/{id}/content',
      '/v1/responses/resp_1/input_items': '/v1/responses/{id}/input_items',
      '/v1/fine_tuning/jobs/ftjob-1/events': '/v1/fine_tuning/jobs/{id}/events',
      '/v1beta/cachedContents/abc': '/v1beta/cachedContents/{id}',
      '/v1beta/files/abc:download': '/v1beta/files/{id}',
      '/upload/v1beta/files': '/upload/v1beta/files',
      '/v1beta/openai/models/gemini-2.5-pro': '/v1beta/openai/models/{model}',
      '/v1/secret-sk-123/x': '/v1/*',
      '/v1beta/secret': '/v1beta/*',
      '/v1/chat/completions/': '/v1/chat/completions',
      '/v1/files/a/b/c/d/e/f/g/h/i': '/v1/*',
      '/v1': '/v1/*',
    };
    for (const [path, route] of Object.entries(routes)) {
      expect(seen(`GET ${path}`)?.route).toBe(route);
    }
  });
});

describe('What an endpoint does', () => {
  test('is generate, create or read', () => {
    const kinds = {
      'POST /v1/chat/completions': 'generation',
      'POST /v1/embeddings': 'generation',
      'POST /v1/moderations': 'generation',
      'POST /v1/messages/count_tokens': 'generation',
      'POST /v1/responses': 'generation',
      'POST /v1/files': 'creation',
      'POST /v1/messages/batches': 'creation',
      'POST /v1/images/generations': 'creation',
      'POST /v1/whatever': 'creation',
      'POST /v1beta/cachedContents': 'creation',
      'DELETE /v1/responses/resp_1': 'creation',
      'GET /v1/models': 'read',
      'HEAD /v1/models': 'read',
    } as const;
    for (const [request, endpoint] of Object.entries(kinds)) {
      expect(seen(request)?.endpoint).toBe(endpoint);
    }
  });

  test('says itself whether it streams, unless the body does', () => {
    expect(seen('POST /v1/messages')?.streamed).toBeNull();
    expect(seen('POST /v1beta/interactions')?.streamed).toBeNull();
    expect(seen('GET /v1/models')?.streamed).toBe(false);
    expect(seen('GET /v1/responses/resp_1?stream=true')?.streamed).toBe(true);
  });

  test('depends on the body where responses are stored, run on or joined to a conversation', () => {
    const route = '/v1/responses';
    for (const body of [{}, { store: false }, { previous_response_id: 'resp_1' }, null, 'x']) {
      expect(isCreation('openai', route, body)).toBe(false);
    }
    for (const body of [{ store: true }, { background: true }, { conversation: 'conv_1' }]) {
      expect(isCreation('openai', route, body)).toBe(true);
      expect(isCreation('openai', '/v1/chat/completions', body)).toBe(false);
    }
  });
});

describe('A path that climbs or is malformed', () => {
  test('is refused, however it is written', () => {
    for (const path of [
      '/v1/../api/keys',
      '/v1/files/..',
      '/v1/files/%2e%2e/secret',
      '/v1/files/%2E./secret',
      '/v1/files/a%2f..%2fb',
      '/v1/files/%252e%252e%252fb',
      '/v1/files/%25252e%25252e/b',
      '/v1/files/%2525252525252e',
      '/v1/files/%ff%2f..%2fb',
      '/v1/files/..\\b',
      '/v1/files/%5c..%5cb',
      '/v1/files/%00',
      '/v1/files/%0d%0ax-y:%20z',
      '/v1/files/%zz',
      '/v1/files/%2',
      '/v1beta/models/..%2f..%2fx:generateContent',
    ]) {
      expect(seen(`POST ${path}`)).toBeNull();
    }
  });

  test('is not confused with dots in names', () => {
    for (const path of [
      '/v1/files/a..b',
      '/v1/files/...',
      '/v1/files/.well-known',
      '/v1/files/100%25',
    ]) {
      expect(seen(`GET ${path}`)).not.toBeNull();
    }
  });
});
