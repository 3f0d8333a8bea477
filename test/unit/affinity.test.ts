/** Which key made an id or answers a conversation, and is asked again for it. */
import { describe, expect, test } from 'bun:test';
import { heapStats } from 'bun:jsc';
import type { Dialect } from '../../events/provider.ts';
import { affinityOf } from '../../server/proxy/affinity.ts';
import { detect } from '../../server/proxy/detect.ts';
import { templateOf } from '../../server/proxy/routeTemplate.ts';
import { idsMadeBy } from '../../server/proxy/madeIds.ts';
import { utf8 } from '../support/vendorStreams.ts';

function tied(path: string, json: unknown, headers: Record<string, string> = {}, client = 'c1') {
  const sent = new Headers(headers);
  const route = detect(json === null ? 'GET' : 'POST', path, '', sent);
  if (route === null) throw new Error(`${path} is refused`);
  return affinityOf(
    route.dialect,
    { route, pathname: path, search: '', headers: sent, json },
    client,
  );
}

const pinned = (path: string, json: unknown, headers = {}) => tied(path, json, headers).pinned;
const conversation = (json: unknown, headers = {}, client = 'c1') =>
  tied('/v1/chat/completions', json, headers, client).conversation;

const claude = { 'anthropic-version': '2023-06-01' };

describe('Ids made by one key', () => {
  test('are read from the path', () => {
    expect(pinned('/v1/responses/resp_1/input_items', null)).toEqual(['resp_1']);
    expect(pinned('/v1/vector_stores/vs_1/files/file-1', null)).toEqual(['vs_1', 'file-1']);
    expect(pinned('/v1/files/file_1', null, claude)).toEqual(['file_1']);
    expect(pinned('/v1beta/cachedContents/abc', null)).toEqual(['cachedContents/abc']);
    expect(pinned('/v1beta/files/abc:download', null)).toEqual(['files/abc']);
    expect(pinned('/v1/models/gpt-5', null)).toEqual([]);
  });

  test('are looked for on any number of routes, of which few are remembered', () => {
    const words = 'cachedContents client_secrets content conversations documents embeddings';
    const parts = `${words} fine_tuning generations transcriptions vector_stores`.split(' ');
    const heapBytes = () => {
      Bun.gc(true);
      return heapStats().heapSize + heapStats().extraMemorySize;
    };
    const before = heapBytes();
    for (let nth = 0; nth < 100_000; nth += 1) {
      const path = Array.from(String(nth).padStart(5, '0'), (digit) => parts[Number(digit)]);
      idsMadeBy('openai', templateOf(`/v1/files/${path.join('/')}`), {});
    }
    expect(heapBytes() - before).toBeLessThan(5_000_000);
  });

  test('are read from a body of OpenAI, newest first', () => {
    const body = {
      previous_response_id: 'resp_0',
      conversation: { id: 'conv_1' },
      tools: [
        { type: 'file_search', vector_store_ids: ['vs_1'] },
        { type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-0'] } },
      ],
      input: [
        { role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] },
        { type: 'reasoning', id: 'rs_1', encrypted_content: 'gAAAA' },
        { type: 'reasoning', id: 'rs_not_encrypted', summary: [] },
        { type: 'item_reference', id: 'msg_1' },
      ],
    };
    expect(pinned('/v1/responses', body)).toEqual([
      'resp_0',
      'conv_1',
      'vs_1',
      'file-0',
      'msg_1',
      'rs_1',
      'file-1',
    ]);
    const chat = [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-2' } }] }];
    expect(pinned('/v1/chat/completions', { messages: chat })).toEqual(['file-2']);
    expect(pinned('/v1/batches', { input_file_id: 'file-3' })).toEqual(['file-3']);
  });

  test('are read from bodies of Anthropic and Gemini', () => {
    const document = { type: 'document', source: { type: 'file', file_id: 'file_1' } };
    const messages = [{ role: 'user', content: [document] }];
    expect(pinned('/v1/messages', { container: 'container_1', messages })).toEqual([
      'container_1',
      'file_1',
    ]);
    const fileUri = 'https://generativelanguage.googleapis.com/v1beta/files/abc-1';
    const contents = [{ role: 'user', parts: [{ fileData: { fileUri } }, { text: 'x' }] }];
    const body = { cachedContent: 'cachedContents/x', contents };
    expect(pinned('/v1beta/models/gemini-2.5-pro:generateContent', body)).toEqual([
      'cachedContents/x',
      'files/abc-1',
    ]);
  });

  test('in an answer are the ones a later request refers to', () => {
    const made = (dialect: Dialect, route: string, json: object) =>
      idsMadeBy(dialect, route, utf8(JSON.stringify(json)));
    const response = {
      id: 'resp_1',
      object: 'response',
      error: null,
      output: [{ type: 'reasoning', id: 'rs_1', encrypted_content: 'x' }, { type: 'message' }],
    };
    expect(made('openai', '/v1/responses', response)).toEqual([
      'resp_1',
      'rs_1',
      expect.stringMatching(/^encrypted-/),
    ]);
    expect(made('openai', '/v1/files', { id: 'file-1', object: 'file' })).toEqual(['file-1']);
    expect(made('openai', '/v1/files', { data: [{ id: 'file-1' }, { id: 'file-2' }] })).toEqual([
      'file-1',
      'file-2',
    ]);
    expect(made('openai', '/v1/batches/{id}/cancel', { id: 'batch_1' })).toEqual([]);
    expect(made('anthropic', '/v1/messages/batches', { id: 'msgbatch_1' })).toEqual(['msgbatch_1']);
    expect(made('anthropic', '/v1/messages', { id: 'msg_1', container: { id: 'c_1' } })).toEqual([
      'c_1',
    ]);
    expect(made('gemini', '/v1beta/cachedContents', { name: 'cachedContents/x' })).toEqual([
      'cachedContents/x',
    ]);
    expect(made('gemini', '/upload/v1beta/files', { file: { name: 'files/x' } })).toEqual([
      'files/x',
    ]);
    expect(made('openai', '/v1/chat/completions', { id: 'chatcmpl-1' })).toEqual([]);
    expect(made('openai', '/v1/files', { error: { message: 'No' } })).toEqual([]);
    expect(idsMadeBy('openai', '/v1/files', utf8('<html>'))).toEqual([]);
  });

  test('meet again for encrypted reasoning without an id', () => {
    const item = { type: 'reasoning', encrypted_content: `gAAAA${'x'.repeat(500)}y` };
    const [, made] = idsMadeBy('openai', '/v1/responses', { id: 'resp_1', output: [item] });
    expect(made).toStartWith('encrypted-');
    expect(pinned('/v1/responses', { input: [item] })).toEqual([made ?? '']);
  });

  test('meet again for reasoning that had an id, and is sent back without', () => {
    const item = { type: 'reasoning', encrypted_content: `gAAAA${'x'.repeat(500)}y` };
    const output = [{ ...item, id: 'rs_1' }];
    const made = idsMadeBy('openai', '/v1/responses', { id: 'resp_1', output });
    expect(made).toContainValues(pinned('/v1/responses', { input: [item] }));
    expect(made).toContainValues(pinned('/v1/responses', { input: output }));
  });

  test('are looked for in a bounded part of a long body', () => {
    const input = Array.from({ length: 5_000 }, (_, index) => ({
      type: 'item_reference',
      id: `msg_${index}`,
    }));
    const found = pinned('/v1/responses', { input });
    expect(found).toHaveLength(64);
    expect(found[0]).toBe('msg_4999');
  });
});

describe('A conversation', () => {
  const turn = (role: string, content: string) => ({ role, content });
  const opening = [turn('system', 'You are kind.'), turn('user', 'Hello')];
  const second = [...opening, turn('assistant', 'Hi!'), turn('user', 'How are you?')];
  const third = [...second, turn('assistant', 'Fine.'), turn('user', 'Good.')];

  test('has one name from its second turn on', () => {
    expect(conversation({ messages: opening })).toBeNull();
    expect(conversation({ messages: second })).not.toBeNull();
    expect(conversation({ messages: third })).toBe(conversation({ messages: second }));
    const other = [turn('system', 'You are kind.'), turn('user', 'Hallo'), ...second.slice(2)];
    expect(conversation({ messages: other })).not.toBe(conversation({ messages: second }));
  });

  test('is the name a client gives it, before all else', () => {
    const byKey = conversation({ prompt_cache_key: 'k', messages: second });
    expect(byKey).toBe(conversation({ prompt_cache_key: 'k', messages: opening }));
    expect(conversation({ metadata: { user_id: 'u' } })).not.toBeNull();
    expect(conversation(undefined, { 'x-conversation-id': 'x' })).not.toBeNull();
    expect(conversation({}, { 'x-conversation-id': 'x' })).toBe(
      conversation({ messages: second }, { 'x-conversation-id': 'x' }),
    );
  });

  test('belongs to one client', () => {
    expect(conversation({ messages: second }, {}, 'c2')).not.toBe(
      conversation({ messages: second }),
    );
    expect(conversation({ prompt_cache_key: 'k' }, {}, 'c2')).not.toBe(
      conversation({ prompt_cache_key: 'k' }),
    );
  });

  test('is known in the other dialects too', () => {
    const parts = (role: string, text: string) => ({ role, parts: [{ text }] });
    const path = '/v1beta/models/gemini-2.5-pro:generateContent';
    const of = (contents: unknown) => tied(path, { contents }).conversation;
    const first = [parts('user', 'a'), parts('model', 'b'), parts('user', 'c')];
    expect(of(first)).not.toBeNull();
    expect(of([...first, parts('model', 'd'), parts('user', 'e')])).toBe(of(first));
    expect(of(first.slice(0, 1))).toBeNull();
    const input = [turn('user', 'a'), { type: 'function_call', name: 'f' }];
    expect(tied('/v1/responses', { input }).conversation).not.toBeNull();
    expect(tied('/v1/responses', { input: 'a' }).conversation).toBeNull();
  });

  test('of nonsense is none', () => {
    for (const json of [null, undefined, 5, 'x', [], { messages: [null, 5, 'x', []] }]) {
      expect(conversation(json ?? undefined)).toBeNull();
    }
  });
});
