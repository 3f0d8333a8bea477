/** Recording for one client or one model route, while it is off for all others. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { apiOf, expectProblem } from '../support/api.ts';
import { recordOf, requestId } from '../support/factsOf.ts';
import { bodies, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';

let proxied: Proxied;
const api = apiOf(() => proxied.url());
const bodyOf = (answered: Response) => api('GET', `/api/logs/${requestId(answered)}/body`);
const isRecorded = (answered: Response) =>
  until('it is recorded', async () => (await bodyOf(answered)).status === 200);

const keyWith = async (terms: object) => (await api('POST', '/api/keys', terms)).json;
const ask = (key: string, model?: string) =>
  proxied.ask('openai', model ? { model } : {}, { headers: { authorization: `Bearer ${key}` } });

/** A later one that is recorded says that an earlier one would be too by now. */
async function isNotRecorded(answered: Response, recordedKey: string): Promise<void> {
  await recordOf(proxied, answered);
  await isRecorded(await ask(recordedKey));
  expectProblem(await bodyOf(answered), 404, 'BODY_NOT_RECORDED');
}

let quiet: { id: string; key: string };
let recorded: { id: string; key: string };

beforeAll(async () => {
  proxied = await startProxied({ keys: { openai: keysNamed('one') } });
  quiet = await keyWith({ name: 'quiet' });
  recorded = await keyWith({ name: 'recorded', record_bodies: true });
});
afterAll(() => proxied.stop());

test('a client key that asks for it is recorded, another one is not', async () => {
  await isNotRecorded(await ask(quiet.key), recorded.key);
  const { json } = await api('GET', `/api/keys/${recorded.id}`);
  expect(json.record_bodies).toBe(true);
});

test('it is switched on and off for a key while it runs', async () => {
  const { id, key } = await keyWith({ name: 'changing' });
  await api('PATCH', `/api/keys/${id}`, { record_bodies: true });
  await isRecorded(await ask(key));
  await api('PATCH', `/api/keys/${id}`, { record_bodies: false });
  await isNotRecorded(await ask(key), recorded.key);
});

test('a model route that asks for it is recorded, whoever calls it', async () => {
  const made = await api('POST', '/api/models', {
    name: 'recorded-route',
    targets: [{ provider: 'openai', model: 'gpt-5' }],
    record_bodies: true,
  });
  expect(made.status).toBe(201);
  const answered = await ask(quiet.key, 'recorded-route');
  expect(answered.status).toBe(200);
  await isRecorded(answered);
  const { json } = await bodyOf(answered);
  expect(JSON.parse(json.request.text)).toEqual({ ...bodies.openai, model: 'recorded-route' });
  await isNotRecorded(await ask(quiet.key), recorded.key);
});

test('a client may not look, not even at what it sent itself', async () => {
  const answered = await ask(recorded.key);
  await isRecorded(answered);
  const asClient = await api('GET', `/api/logs/${requestId(answered)}/body`, undefined, {
    authorization: `Bearer ${recorded.key}`,
    'x-forwarded-for': '192.0.2.1',
  });
  expect([401, 403]).toContain(asClient.status);
});
