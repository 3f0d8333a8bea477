/** Webhooks: real receivers that fail first, several gateways, a log that goes away. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connectNats } from '../../events/connection.ts';
import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/logger.ts';
import { startGateway, type Gateway } from '../../server/main.ts';
import { readerPrefix } from '../../server/webhooks/endpoint.ts';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';

const vendorKey = 'sk-test-key-that-nobody-may-see';
let gateway: TestGateway;
const api = apiOf(() => gateway.url());
const env = {
  OPENAI_API_KEYS: vendorKey,
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
};
const receivers: Receiver[] = [];
const folders: string[] = [];

const receiver = (...statuses: number[]): Receiver => {
  const started = startReceiver(...statuses);
  receivers.push(started);
  return started;
};
const hook = (url: string, ...events: string[]) => ({ url, events });

/** The names under which the log's server shares events, among whoever reads them. */
async function readers(): Promise<string[]> {
  const nc = await connectNats(gateway.nats.connectOptions());
  const names: string[] = [];
  for await (const { name } of (await jetstreamManager(nc)).consumers.list('CONTROL')) {
    if (name.startsWith(readerPrefix)) names.push(name);
  }
  await nc.close();
  return names;
}

/** Sets them, and waits until the log shares its events with each. */
async function setWebhooks(...webhooks: ReturnType<typeof hook>[]): Promise<void> {
  const answer = await api('PUT', '/api/settings/webhooks', { value: webhooks });
  expect(answer.status).toBe(200);
  await until('all are ready', async () => (await readers()).length === webhooks.length);
}

async function keyId(): Promise<string> {
  return (await api('GET', '/api/provider-keys')).json.data[0].id;
}
async function disableKeyAt(at: Api): Promise<void> {
  const path = `/api/provider-keys/${await keyId()}`;
  await at('POST', `${path}/enable`);
  expect((await at('POST', `${path}/disable`)).status).toBe(200);
}
const disableKey = () => disableKeyAt(api);

/** Another gateway on the same log, in this process. */
async function secondGateway(): Promise<Gateway> {
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-second-'));
  folders.push(dataDir);
  const { url: servers, user, pass } = gateway.nats;
  return startGateway(
    {
      config: readConfig({ ...env, PORT: '0', DATA_DIR: dataDir }),
      nats: { servers, user, pass, maxStoreBytes: null },
      workerNumber: 1,
    },
    createLogger('error', 'second'),
  );
}

beforeAll(async () => {
  gateway = await testGateway({ env });
});
afterAll(async () => {
  await gateway.stop();
  for (const one of receivers) one.stop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('A webhook', () => {
  test('is told of a disabled key, signed, and without a secret', async () => {
    const told = receiver();
    await setWebhooks(hook(told.url));
    await disableKey();
    const [post] = await told.posts(1);
    expect(JSON.parse(post!.body)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'provider_key.disabled',
      time: expect.stringMatching(/Z$/),
      data: {
        provider_key: await keyId(),
        provider: 'openai',
        name: expect.any(String),
        cause: 'operator',
        rule_id: null,
        reason: expect.any(String),
      },
    });
    expect(post!.body).not.toContain(vendorKey);
    const { secret } = (await api('POST', '/api/webhooks/secret', { url: told.url })).json;
    const signature = post!.headers.get('x-signalbox-signature') ?? '';
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    const expected = createHmac('sha256', secret).update(`${seconds}.${post!.body}`).digest('hex');
    expect(digest).toBe(expected);
    expect(Math.abs(Number(seconds) - Date.now() / 1_000)).toBeLessThan(10);
  });

  test('that fails is told again, with the same id, and what became of it is shown', async () => {
    const told = receiver(500);
    await setWebhooks(hook(told.url));
    await disableKey();
    const [first] = await told.posts(1);
    await until('the failure is shown', async () => {
      const [one] = (await api('GET', '/api/webhooks')).json.data;
      return one.failures === 1 && one.last.error === 'it answered 500' && one.last.tries === 1;
    });
    const posts = await told.posts(2);
    expect(JSON.parse(posts[1]!.body)).toEqual(JSON.parse(first!.body));
    await until('the success is shown', async () => {
      const [one] = (await api('GET', '/api/webhooks')).json.data;
      return one.delivered === 1 && one.last.status === 200 && one.last.tries === 2;
    });
    expect(gateway.output()).toContain('it answered 500');
  });

  test('gets only what it asked for', async () => {
    const [keys, log] = [receiver(), receiver()];
    await setWebhooks(hook(keys.url, 'provider_key.disabled'), hook(log.url, 'log.away'));
    await disableKey();
    await keys.posts(1);
    expect(await log.soFar()).toEqual([]);
  });

  test('that redirects is not followed', async () => {
    const elsewhere = receiver();
    const told = receiver();
    told.redirectsTo(elsewhere.url);
    await setWebhooks(hook(told.url));
    const { json } = await api('POST', '/api/webhooks/test', { url: told.url });
    expect(json).toMatchObject({ delivered: false, status: 302, error: 'it answered 302' });
    expect(await elsewhere.soFar()).toEqual([]);
  });

  test('that is no longer set is told nothing, and the log keeps nothing for it', async () => {
    const told = receiver();
    await setWebhooks(hook(told.url));
    await setWebhooks();
    await disableKey();
    expect(await told.soFar()).toEqual([]);
    expectProblem(
      await api('POST', '/api/webhooks/secret', { url: told.url }),
      404,
      'WEBHOOK_NOT_FOUND',
    );
  });

  test('can be tried at once', async () => {
    const told = receiver();
    await setWebhooks(hook(told.url));
    const { json } = await api('POST', '/api/webhooks/test', { url: told.url });
    expect(json).toMatchObject({ delivered: true, status: 200, error: null });
    expect(JSON.parse((await told.posts(1))[0]!.body).type).toBe('test');
  });

  test.each([
    ['http://169.254.169.254/latest', 'link-local or metadata'],
    ['http://metadata.google.internal/', 'link-local or metadata'],
    ['http://[fe80::1]/', 'link-local or metadata'],
  ])('may not be %s', async (url, why) => {
    const answer = await api('PUT', '/api/settings/webhooks', { value: [hook(url)] });
    expectProblem(answer, 422, 'INVALID');
    expect(answer.json.detail).toContain(why);
  });

  test('has an address of its own, and asks for what there is', async () => {
    const twice = { value: [hook('http://127.0.0.1:1/'), hook('http://127.0.0.1:1/')] };
    expectProblem(await api('PUT', '/api/settings/webhooks', twice), 422, 'INVALID');
    const unknown = { value: [hook('http://127.0.0.1:1/', 'moon.rises')] };
    expectProblem(await api('PUT', '/api/settings/webhooks', unknown), 422, 'INVALID');
  });
});

describe('While gateways come and go', () => {
  test('of two gateways one tells of each event, whichever it came to', async () => {
    const told = receiver();
    await setWebhooks(hook(told.url));
    const other = await secondGateway();
    const disabled = 6;
    for (let count = 0; count < disabled; count += 1) {
      const url = count % 2 === 0 ? gateway.url() : other.url;
      await disableKeyAt(apiOf(() => url));
    }
    await told.posts(disabled);
    // Whatever had been told twice would be on its way before this one.
    await disableKeyAt(api);
    const posts = await told.posts(disabled + 1);
    const ids = posts.map(({ body }) => JSON.parse(body).id);
    expect(ids).toHaveLength(disabled + 1);
    expect(new Set(ids).size).toBe(ids.length);
    await other.stop();
  });

  test('what was not told is told by the next one', async () => {
    const told = receiver(503);
    await setWebhooks(hook(told.url));
    await disableKey();
    const [first] = await told.posts(1);
    await gateway.restart();
    const posts = await told.posts(2);
    expect(JSON.parse(posts[1]!.body).id).toBe(JSON.parse(first!.body).id);
  });
});

describe('When the log goes away', () => {
  test('a webhook is told so, and again when it is back', async () => {
    const told = receiver();
    await setWebhooks(hook(told.url, 'log.away', 'log.back'));
    await gateway.nats.kill9();
    const [away] = await told.posts(1);
    expect(JSON.parse(away!.body)).toMatchObject({
      type: 'log.away',
      data: { gateway: expect.any(String), since: expect.stringMatching(/Z$/) },
    });
    await gateway.nats.restart();
    const back = (await told.posts(2))[1];
    const { type, data } = JSON.parse(back!.body);
    expect(type).toBe('log.back');
    expect(data.away_ms).toBeGreaterThan(2_000);
  });

  test('and is back, events are told as before', async () => {
    const told = receiver();
    await setWebhooks(hook(told.url));
    await gateway.nats.restart();
    await until('it is back', async () => (await api('GET', '/ready')).status === 200);
    await disableKey();
    await told.posts(1);
  });
});
