/** Secrets that came in, and where they must not be found again: answers, the log, the read models, the process's log. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiOf, type Answer, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

const canary = (name: string) => `sk-canary-${name}-5f1c0ffee5f1c0ffee`;
const password = 'canary-password-5f1c0ffee';
const jwtSecret = 'canary-jwt-secret-5f1c0ffee-5f1c0ffee';
const clientKey = 'canary-client-key-5f1c0ffee';
const metricsToken = 'canary-metrics-token-5f1c0ffee';
const secrets: string[] = [password, jwtSecret, clientKey, metricsToken];

let gateway: TestGateway;
let api: Api;
let vendor: Vendor;
const answers: Answer[] = [];

const made = (name: string): string => {
  const secret = canary(name);
  secrets.push(secret);
  return secret;
};

/** Every file below a folder, as bytes. */
const filesBelow = (folder: string): [string, Buffer][] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name))]);

beforeAll(async () => {
  // A vendor that repeats the key it was shown, as some do.
  vendor = await startVendor(({ key }, reply) =>
    reply.json(401, { error: { message: `Incorrect API key provided: ${key}`, code: 'x' } }),
  );
  gateway = await testGateway({
    env: {
      OPENAI_API_KEY: made('environment'),
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      MIDDLEWARE_PASSWORD: password,
      JWT_SECRET_KEY: jwtSecret,
      MCP_API_KEYS: `${clientKey}:alice`,
      METRICS_TOKEN: metricsToken,
    },
  });
  const plain = apiOf(gateway.url);
  const token = (await plain('POST', '/api/login', { password })).json.token as string;
  api = async (...request) => {
    const answer = await apiOf(gateway.url, { authorization: `Bearer ${token}` })(...request);
    answers.push(answer);
    return answer;
  };
});
afterAll(async () => {
  await gateway.stop();
  await vendor.stop();
});

test('no secret is found where it does not belong, whatever was done with it', async () => {
  const keys = '/api/provider-keys';
  const one = (await api('POST', keys, { provider: 'openai', key: made('added') })).json;
  await api('POST', keys, { provider: 'openai', key: made('added') });
  await api('PATCH', `${keys}/${one.id}`, { key: made('replaced'), weight: -1 });
  await api('PATCH', `${keys}/${one.id}`, { key: made('replaced') });
  await api('POST', keys, { provider: 'openai', key: `${made('invalid')} with space` });
  await api('POST', keys, { provider: 'nobody', key: made('nowhere') });
  await api('POST', keys, `{"provider": "openai", "key": "${made('broken-json')}`, {
    'content-type': 'application/json',
  });
  await api('POST', keys, { provider: 'openai', [made('as-a-name')]: 1 });
  await api('POST', `${keys}/import?provider=openai`, `${made('imported')}\n${made('bad')} x`, {
    'content-type': 'text/plain',
  });
  await api('POST', `${keys}/import`, { provider: 'openai', keys: made('not-a-list') });
  for (let tries = 0; tries < 2; tries++) await api('POST', `${keys}/${one.id}/probe`);
  for (let tries = 0; tries < 3; tries++) {
    await api(
      'POST',
      '/v1/chat/completions',
      { model: 'm', messages: [] },
      {
        authorization: `Bearer ${clientKey}`,
      },
    );
  }
  await api('GET', '/v1/models', undefined, { authorization: `Bearer ${made('unknown-client')}` });
  await api('GET', `/v1/models?key=${made('unknown-in-query')}`, undefined, { authorization: '' });
  await api('POST', '/api/login', { password: `${password}x` }, { authorization: '' });
  await api('DELETE', `${keys}/${one.id}`);
  const shownOnce = (await api('POST', '/api/keys', { name: 'once' })).json.key as string;
  answers.pop();
  secrets.push(shownOnce);

  await until('the requests are projected', async () => {
    await gateway.projected();
    // Until the first of them is projected the answer is 503.
    const { status, json } = await api('GET', '/api/logs');
    return status === 200 && json.data.length >= 3;
  });
  for (const path of [
    keys,
    '/api/keys',
    '/api/providers',
    '/api/settings',
    '/api/events?limit=1000',
    '/api/logs',
    '/api/actors/provider-key',
    '/api/actors/client-key',
    '/metrics',
    '/health',
    '/docs/json',
  ]) {
    expect([path, (await api('GET', path)).status]).toEqual([path, 200]);
  }

  const { lastSequence } = await gateway.log.state('CONTROL');
  const traffic = await gateway.log.state('TRAFFIC');
  const events = JSON.stringify([
    await gateway.log.readControl(0, lastSequence),
    await gateway.log.readTraffic(0, traffic.lastSequence),
  ]);
  const places: [string, string | Buffer][] = [
    ...answers.map(({ text, headers }, n): [string, string] => [
      `answer ${n}`,
      text + JSON.stringify([...headers]),
    ]),
    ['the events', events],
    ["the process's log", gateway.output()],
    ...filesBelow(gateway.dataDir),
  ];
  expect(places.map(([place]) => place)).toContain('signalbox.db');
  const found = places.flatMap(([place, content]) =>
    secrets.filter((secret) => content.includes(secret)).map((secret) => `${secret} in ${place}`),
  );
  expect(found).toEqual([]);
  // The vendor was shown them: they were real.
  expect(vendor.keys()).toContain(canary('environment'));
});
