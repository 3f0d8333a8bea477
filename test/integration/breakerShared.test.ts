/** An open breaker holds in every gateway on one NATS and after a restart, until a probe or an operator closes it. */
import { expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/logger.ts';
import { startGateway } from '../../server/main.ts';
import { bringDown, says, storyOf, timesAsked, typesOf } from '../support/outage.ts';
import {
  answersWell,
  bodies,
  keysNamed,
  plainPaths,
  startProxied,
  type Proxied,
} from '../support/proxied.ts';
import { until } from '../support/until.ts';
import { startVendor } from '../support/vendor.ts';
import { afterEachOf } from '../support/endings.ts';

const [one = '', two = ''] = keysNamed('one', 'two');
const secrets = {
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  JWT_SECRET_KEY: 'a secret of the test that is long enough',
};
const atEnd = afterEachOf();

async function start(env: Readonly<Record<string, string>> = {}): Promise<Proxied> {
  const proxied = await startProxied({
    keys: { openai: [one, two] },
    env: { ...secrets, ...env },
    limits: { transientPauseMs: 1 },
    script: says(500),
  });
  atEnd(proxied.stop);
  return proxied;
}

/** Another gateway on the same NATS, with data of its own. Answers with how it is asked. */
async function startBeside({ nats, vendor }: Proxied, env: Readonly<Record<string, string>>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-gateway-'));
  atEnd(() => rm(dataDir, { recursive: true, force: true }));
  const { url: servers, user, pass } = nats;
  const gateway = await startGateway(
    {
      config: readConfig({
        ...secrets,
        PORT: '0',
        DATA_DIR: dataDir,
        OPENAI_API_KEYS: [one, two].join(','),
        OPENAI_BASE_URL: `${vendor.url}/v1`,
        ANTHROPIC_BASE_URL: vendor.url,
        GEMINI_BASE_URL: vendor.url,
        ...env,
      }),
      nats: { servers, user, pass, maxStoreBytes: null },
      workerNumber: 1,
    },
    createLogger('error', 'gateway-beside', { write: () => {} }),
  );
  atEnd(gateway.stop);
  return () =>
    fetch(`${gateway.url}${plainPaths.openai}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodies.openai),
    });
}

const post = async (gateway: Proxied, path: string) =>
  fetch(`${gateway.url()}${path}`, { method: 'POST' });
test('what one gateway saw keeps the other away too, and so does the return', async () => {
  const env = { CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '2' };
  const gateway = await start(env);
  const askOther = await startBeside(gateway, env);
  await bringDown(gateway);
  gateway.vendor.forget();
  await until('the other gateway has heard', async () => {
    gateway.vendor.forget();
    const { status } = await askOther();
    return status === 503 && timesAsked(gateway.vendor) === 0;
  });
  gateway.vendor.does(answersWell);
  await until('the other is answered', async () => (await askOther()).status === 200);
  await until('the first has heard', async () =>
    (await typesOf(gateway)).includes('BreakerClosed'),
  );
  expect((await gateway.ask('openai')).status).toBe(200);
  expect(await typesOf(gateway)).toEqual(['BreakerOpened', 'BreakerHalfOpened', 'BreakerClosed']);
}, 60_000);

test('a restart does not forget it', async () => {
  const gateway = await start({ CIRCUIT_BREAKER_FAILURE_THRESHOLD: '3' });
  for (let asked = 0; asked < 2; asked++) await gateway.ask('openai');
  await until('the breaker has opened', async () => (await typesOf(gateway)).length > 0);
  gateway.vendor.forget();
  await gateway.restart();
  expect((await gateway.ask('openai')).status).toBe(503);
  expect(timesAsked(gateway.vendor)).toBe(0);
  expect(await typesOf(gateway)).toEqual(['BreakerOpened']);
});

test('an operator closes it, and the log says who', async () => {
  const gateway = await start();
  await bringDown(gateway);
  gateway.vendor.forget();
  gateway.vendor.does(answersWell);
  expect((await gateway.ask('openai')).status).toBe(503);
  const answer = await post(gateway, '/api/providers/openai/reset-breaker');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ id: 'openai', breaker: { state: 'closed' } });
  expect((await gateway.ask('openai')).status).toBe(200);
  expect((await storyOf(gateway)).at(-1)).toMatchObject({
    type: 'BreakerClosed',
    data: { cause: 'operator' },
    by: { kind: 'operator' },
  });
  // Once more is no event.
  await post(gateway, '/api/providers/openai/reset-breaker');
  expect(await typesOf(gateway)).toEqual(['BreakerOpened', 'BreakerClosed']);
  expect((await post(gateway, '/api/providers/nobody/reset-breaker')).status).toBe(404);
});

test('a provider that is moved to another address is asked there at once', async () => {
  const gateway = await start();
  const elsewhere = await startVendor(answersWell);
  atEnd(elsewhere.stop);
  await bringDown(gateway);
  gateway.vendor.forget();
  const moved = await fetch(`${gateway.url()}/api/providers/openai`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ base_url: `${elsewhere.url}/v1`, auth: 'none' }),
  });
  expect(await moved.json()).toMatchObject({ breaker: { state: 'closed' } });
  expect((await gateway.ask('openai')).status).toBe(200);
  expect(timesAsked(elsewhere)).toBe(1);
  expect((await storyOf(gateway)).at(-1)).toMatchObject({ data: { cause: 'moved' } });
});
