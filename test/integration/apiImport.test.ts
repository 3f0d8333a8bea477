/** Ten thousand keys at once, and what becomes of the lines that are none. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let api: Api;
const plain = { 'content-type': 'text/plain' };

beforeAll(async () => {
  gateway = await testGateway();
  api = apiOf(gateway.url);
});
afterAll(() => gateway.stop());

const importText = (text: string, provider = 'openai') =>
  api('POST', `/api/provider-keys/import?provider=${provider}`, text, plain);

describe('an import', () => {
  test('adds what is new, counts what is there, names the lines that are no keys', async () => {
    const first = await importText(
      'sk-line-one-0001\r\n\nnot a key\nsk-line-four-0004\nsk-line-one-0001\nü',
    );
    expect(first.status).toBe(200);
    expect(first.json).toEqual({
      added: 2,
      existing: 1,
      invalid: [
        { line: 3, reason: expect.any(String) },
        { line: 6, reason: expect.any(String) },
      ],
    });
    expect(first.text).not.toContain('not a key');
    const again = await importText('sk-line-one-0001\nsk-line-five-0005');
    expect(again.json).toEqual({ added: 1, existing: 1, invalid: [] });
  });

  test('takes JSON as well', async () => {
    const body = { provider: 'gemini', keys: ['AIza-json-0001', 'AIza-json-0002'] };
    const { json } = await api('POST', '/api/provider-keys/import', body);
    expect(json).toEqual({ added: 2, existing: 0, invalid: [] });
  });

  test('needs a provider that is there', async () => {
    expectProblem(await importText('sk-1', 'nobody'), 404, 'PROVIDER_NOT_FOUND');
    const answer = await api('POST', '/api/provider-keys/import', 'sk-1', plain);
    expectProblem(answer, 422, 'INVALID_BODY');
    expectProblem(await api('POST', '/api/provider-keys/import', {}), 422, 'INVALID_BODY');
  });

  test('takes 10,000 at most', async () => {
    const lines = Array.from({ length: 10_001 }, (_, n) => `sk-too-many-${n}`);
    expectProblem(await importText(lines.join('\n')), 422, 'INVALID_BODY');
  });

  test('of 10,000 keys is there in full, in the list and after a restart', async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `sk-ant-imported-${n}-key`);
    const { json } = await importText(lines.join('\n'), 'anthropic');
    expect(json).toEqual({ added: 10_000, existing: 0, invalid: [] });

    const tally = { total: 10_000, healthy: 10_000, resting: 0, disabled: 0 };
    expect((await api('GET', '/api/providers/anthropic')).json.keys).toEqual(tally);
    const page = (await api('GET', '/api/provider-keys?provider=anthropic&limit=1000')).json;
    expect(page.data).toHaveLength(1_000);
    expect(page.next).toBe(page.data.at(-1).id);

    const seen = new Set<string>();
    for (let after = '', pages = 0; pages <= 10; pages += 1) {
      const path = `/api/provider-keys?provider=anthropic&limit=1000&after=${after}`;
      const { data, next } = (await api('GET', path)).json;
      for (const { id } of data) seen.add(id);
      if (next === null) break;
      after = next;
    }
    expect(seen.size).toBe(10_000);
    const [off = ''] = seen;
    await api('POST', `/api/provider-keys/${off}/disable`);
    const disabled = (await api('GET', '/api/provider-keys?provider=anthropic&status=disabled'))
      .json;
    expect(disabled).toMatchObject({ data: [{ id: off }], next: null });
    await api('POST', `/api/provider-keys/${off}/enable`);

    await gateway.restart();
    expect((await api('GET', '/api/providers/anthropic')).json.keys).toEqual(tally);
    const again = await importText(lines.slice(0, 500).join('\n'), 'anthropic');
    expect(again.json).toEqual({ added: 0, existing: 500, invalid: [] });
  }, 120_000);
});
