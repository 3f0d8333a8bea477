/** Settings over HTTP: shown, changed while the gateway runs, and each change in the audit log. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let api: Api;

beforeAll(async () => {
  gateway = await testGateway({ env: { BODY_LIMIT_BYTES: '4096', OPENAI_API_KEYS: 'sk-one' } });
  api = apiOf(gateway.url);
});
afterAll(() => gateway.stop());

const one = async (name: string) => (await api('GET', `/api/settings/${name}`)).json;
const post = (bytes: number) =>
  api('POST', '/v1/nowhere/chat', { model: 'nobody/none', text: 'x'.repeat(bytes) });

test('a setting is listed once, under its own name, with what else would be in force', async () => {
  const { json } = await api('GET', '/api/settings');
  const names: string[] = json.data.map(({ name }: { name: string }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain('BODY_LIMIT_BYTES');
  expect(json).toMatchObject({ next: null, cursor: expect.stringMatching(/^c\d+$/) });
  expect(await one('body_limit_bytes')).toEqual({
    name: 'body_limit_bytes',
    value: 4096,
    default: 32 * 1024 * 1024,
    unit: 'bytes',
    source: 'environment',
    meaning: 'largest request body',
    variable: 'BODY_LIMIT_BYTES',
    variable_value: 4096,
    changeable: true,
  });
  expect(await one('PORT')).toMatchObject({ changeable: false, variable: 'PORT' });
});

test('a change holds for the next request, beats the variable, and is taken back', async () => {
  expect((await post(5_000)).status).toBe(413);
  const changed = await api('PATCH', '/api/settings/body_limit_bytes', { value: 8_192 });
  expect(changed.status).toBe(200);
  expect(changed.json).toMatchObject({ value: 8_192, source: 'api', variable_value: 4096 });
  expect((await post(5_000)).status).not.toBe(413);
  expect((await post(9_000)).status).toBe(413);
  await gateway.restart();
  expect(await one('body_limit_bytes')).toMatchObject({ value: 8_192, source: 'api' });
  expect((await api('DELETE', '/api/settings/body_limit_bytes')).json).toMatchObject({
    value: 4096,
    source: 'environment',
  });
  expect((await post(5_000)).status).toBe(413);
});

test('each change is an event with who made it, and what was in force before and after', async () => {
  await api('PUT', '/api/settings/stall_ms', { value: 60_000 });
  await api('PATCH', '/api/settings/stall_ms', { value: 60_000 });
  await api('DELETE', '/api/settings/stall_ms');
  await gateway.projected();
  const { json } = await api('GET', '/api/events?kind=setting&id=stall-ms');
  const events = json.data as { type: string; data: object; by: object }[];
  expect(events.map(({ type, data }) => [type, data])).toEqual([
    ['SettingChanged', { before: 120_000, after: 60_000 }],
    ['SettingReset', { before: 60_000, after: 120_000 }],
  ]);
  expect(events[0]?.by).toEqual({ kind: expect.any(String), id: expect.any(String) });
  expect((await api('GET', '/api/actors/setting/stall-ms')).json).toMatchObject({
    status: 'unset',
  });
});

test('what does not fit is refused in words', async () => {
  const bad = await api('PATCH', '/api/settings/attempts', { value: 0 });
  expectProblem(bad, 422, 'INVALID');
  expect(bad.json.detail).toContain('a whole number from 1 to 100');
  expectProblem(await api('PATCH', '/api/settings/attempts', { val: 1 }), 422, 'INVALID_BODY');
  expectProblem(
    await api('PATCH', '/api/settings/attempts', { value: 1, more: 1 }),
    422,
    'INVALID_BODY',
  );
  expectProblem(await api('PATCH', '/api/settings/PORT', { value: 1 }), 409, 'SETTING_FIXED');
  for (const method of ['GET', 'DELETE'])
    expectProblem(await api(method, '/api/settings/nothing'), 404, 'SETTING_NOT_FOUND');
});
