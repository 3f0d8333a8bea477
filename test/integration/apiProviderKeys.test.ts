/** Provider keys by API: entered, changed, listed, removed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { expectProblem, type Api } from '../support/api.ts';
import { keysOfVendor, type FreshProvider, type KeysOfVendor } from '../support/keysOfVendor.ts';
import { until } from '../support/until.ts';

let all: KeysOfVendor;
let own: FreshProvider;
let api: Api;

beforeAll(async () => {
  all = await keysOfVendor();
  ({ api } = all);
});
afterAll(() => all.stop());
beforeEach(async () => {
  own = await all.fresh();
});

describe('a key', () => {
  test('is shown with all its fields, and never with its secret', async () => {
    const { status, json, text } = await own.add({ name: 'Ours', weight: 3 });
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.stringMatching(/^vendor-\d+-[0-9a-f]{12}$/),
      provider: own.provider,
      name: 'Ours',
      masked: 'sk-s…abcd',
      status: 'healthy',
      pending: false,
      rest_until: null,
      reason: null,
      rule_id: null,
      models: [],
      weight: 3,
      source: 'api',
      last_rotated_at: null,
      requests_today: 0,
      failures_today: 0,
      created_at: expect.any(String),
    });
    expect(text).not.toContain(own.secret);
    expect(await own.get(json.id)).toEqual(json);
  });

  test('is there once for each secret', async () => {
    const { id } = (await own.add()).json;
    const again = await own.add({ name: 'another name' });
    expectProblem(again, 409, 'ALREADY_EXISTS');
    expect(again.json.detail).toContain(id);
  });

  test('keeps being found by its secret when that was replaced', async () => {
    const { id } = (await own.add()).json;
    const other = (await own.add({ key: `${own.secret}-other` })).json;
    const taken = await api('PATCH', `/api/provider-keys/${id}`, { key: `${own.secret}-other` });
    expectProblem(taken, 409, 'ALREADY_EXISTS');
    expect(taken.json.detail).toContain(other.id);

    await api('PATCH', `/api/provider-keys/${id}`, { key: `${own.secret}-new` });
    const twin = await own.add({ key: `${own.secret}-new` });
    expectProblem(twin, 409, 'ALREADY_EXISTS');
    expect(twin.json.detail).toContain(id);
  });

  test('can be renamed, reweighted and given another secret', async () => {
    const { id } = (await own.add()).json;
    const changes = { name: 'Renamed', weight: 7, key: 'sk-another-secret-wxyz' };
    const { status, json } = await api('PATCH', `/api/provider-keys/${id}`, changes);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id, name: 'Renamed', weight: 7, masked: 'sk-a…wxyz' });
    await until('the new secret is used', async () => {
      await own.chat();
      return all.vendor.last().key === 'sk-another-secret-wxyz';
    });
  });

  test('that cannot stand in a header is refused, without an echo', async () => {
    for (const key of ['with space', 'line\nbreak', 'ümlaut', '']) {
      const answer = await own.add({ key });
      expect(answer.status).toBe(422);
      expect(key === '' || !answer.text.includes(key)).toBe(true);
    }
  });

  test('of an unknown provider has nowhere to go', async () => {
    expectProblem(await own.add({ provider: 'nobody' }), 404, 'PROVIDER_NOT_FOUND');
  });

  test('is gone after it was removed, and may come back', async () => {
    const { id } = (await own.add()).json;
    expect((await api('DELETE', `/api/provider-keys/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/enable'],
      ['POST', '/wake'],
      ['POST', '/probe'],
    ] as const) {
      expectProblem(await api(method, `/api/provider-keys/${id}${path}`), 404, 'KEY_NOT_FOUND');
    }
    expect((await own.add()).json.id).toBe(id);
  });
});

describe('the list', () => {
  test('comes in pages and can be filtered', async () => {
    for (let n = 0; n < 5; n++) await own.add({ key: `${own.secret}-${n}` });
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 10; pages++) {
      const path = `/api/provider-keys?provider=${own.provider}&limit=2${after}`;
      const { data, next, cursor } = (await api('GET', path)).json;
      expect(cursor).toMatch(/^c\d+/);
      expect(data.length).toBeLessThanOrEqual(2);
      seen.push(...data.map(({ id }: { id: string }) => id));
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);

    await own.tell(seen[0]!, 'disable');
    const query = `/api/provider-keys?provider=${own.provider}&status=`;
    expect((await api('GET', `${query}disabled`)).json.data).toHaveLength(1);
    expect((await api('GET', `${query}healthy`)).json.data).toHaveLength(4);
    expectProblem(await api('GET', `${query}tired`), 422, 'INVALID_QUERY');
  });
});
