/** How a client key ends: by its time, by its successor, by an operator, and in every gateway. */
import { expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { ApiError } from '@google/genai';
import OpenAI from 'openai';
import { actorId } from '../../events/ids.ts';
import { readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/logger.ts';
import { startGateway } from '../../server/main.ts';
import { expectProblem } from '../support/api.ts';
import { startKeyBench, type KeyBench } from '../support/clientKeys.ts';
import { until } from '../support/until.ts';
import { afterEachOf } from '../support/endings.ts';

const atEnd = afterEachOf();
const start = async (...options: Parameters<typeof startKeyBench>): Promise<KeyBench> => {
  const gateway = await startKeyBench(...options);
  atEnd(gateway.stop);
  return gateway;
};
const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'signalbox-client-keys-'));
  atEnd(() => rm(path, { recursive: true, force: true }));
  return path;
};

const typesOf = async ({ log }: KeyBench, id: string): Promise<string[]> =>
  (await log.read({ kind: 'client-key', id: actorId(id) })).flatMap((message) =>
    message.ok ? [message.event.type] : [],
  );
const statusWith = async (gateway: KeyBench, key: string): Promise<number> =>
  (await gateway.askWith(key)).status;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

test('a key whose time is over is told so by every SDK, and more time brings it back', async () => {
  const gateway = await start();
  const { id, key } = await gateway.make({ expires_at: inMs(3_600_000) });
  expect(await statusWith(gateway, key)).toBe(200);
  expect((await gateway.change(id, { expires_at: inMs(300) })).status).toBe(200);
  await until('it has expired', async () => (await statusWith(gateway, key)) === 401);

  const openai = await gateway.sdkThrows(key, 'openai');
  expect(openai).toBeInstanceOf(OpenAI.AuthenticationError);
  expect(openai).toMatchObject({ code: 'client_key_expired' });
  expect(String(openai)).toContain('expired');
  expect(await gateway.sdkThrows(key, 'anthropic')).toBeInstanceOf(Anthropic.AuthenticationError);
  const gemini = await gateway.sdkThrows(key, 'gemini');
  expect(gemini).toBeInstanceOf(ApiError);
  expect(gemini).toMatchObject({ status: 401 });

  await until('the log says so', async () =>
    (await typesOf(gateway, id)).includes('ClientKeyExpired'),
  );
  expect((await gateway.api('GET', '/api/keys?status=expired')).json.data).toMatchObject([{ id }]);
  // The last key's end does not open the gateway to everybody.
  expect((await gateway.ask('openai')).status).toBe(401);
  await gateway.restart();
  expect(await statusWith(gateway, key)).toBe(401);

  expect((await gateway.change(id, { expires_at: null })).json.status).toBe('active');
  expect(await statusWith(gateway, key)).toBe(200);
});

test('a rotated key is good to the end of its grace, over a restart, and no longer', async () => {
  const gateway = await start();
  const { id, key } = await gateway.make({ max_concurrent: 5, models: ['gpt-*'] });
  const { status, json } = await gateway.rotate(id, { grace_seconds: 3 });
  const graceEndsMs = Date.parse(json.retiring[0].until);
  expect(status).toBe(200);
  expect(json).toMatchObject({ id, max_concurrent: 5, retiring: [{ until: expect.any(String) }] });
  expect(json.key).not.toBe(key);
  expect((await gateway.api('GET', `/api/keys/${id}`)).json.key).toBeUndefined();
  expect([await statusWith(gateway, key), await statusWith(gateway, json.key)]).toEqual([200, 200]);

  await gateway.restart();
  expect(await statusWith(gateway, json.key)).toBe(200);
  const old = await statusWith(gateway, key);
  // Where the start took longer than the grace, the wait below says all there is to say.
  if (Date.now() < graceEndsMs) expect(old).toBe(200);
  // The limits go with the key, whichever of its texts is shown.
  expect((await gateway.askWith(json.key, 'gemini')).status).toBe(403);

  await until('the old one is refused', async () => (await statusWith(gateway, key)) === 401);
  expect(Date.now()).toBeGreaterThanOrEqual(graceEndsMs);
  expect(await statusWith(gateway, json.key)).toBe(200);
  await until('the log says so', async () =>
    (await typesOf(gateway, id)).includes('ClientKeyGraceEnded'),
  );
  expect((await gateway.api('GET', `/api/keys/${id}`)).json.retiring).toEqual([]);
}, 60_000);

test('a rotation without a grace ends the old key at once', async () => {
  const gateway = await start();
  const { id, key } = await gateway.make();
  const { json } = await gateway.rotate(id);
  expect([await statusWith(gateway, key), await statusWith(gateway, json.key)]).toEqual([401, 200]);
  expect(await typesOf(gateway, id)).toEqual(['ClientKeyAdded', 'ClientKeyRotated']);
  expectProblem(await gateway.rotate(id, { grace_seconds: -1 }), 422, 'INVALID_BODY');
  expectProblem(await gateway.rotate('ck-none'), 404, 'CLIENT_KEY_NOT_FOUND');
});

test('the file says what its keys may do, but not over what an operator said', async () => {
  const path = join(await folder(), 'keys.json');
  const write = (terms: object) =>
    writeFile(path, JSON.stringify({ 'file-key': { client_id: 'cloud', ...terms } }));
  await write({ models: ['gpt-*'], max_concurrent: 3 });
  const gateway = await start({ MCP_API_KEYS_PATH: path, MIDDLEWARE_PASSWORD: 'open sesame' });
  expect((await gateway.askWith('file-key', 'gemini')).status).toBe(403);
  const [{ id }] = (await gateway.api('GET', '/api/keys')).json.data;
  await gateway.change(id, { max_concurrent: 7 });

  await write({ max_concurrent: 4, requests_per_minute: 60, burst: 1 });
  await gateway.restart();
  expect((await gateway.api('GET', `/api/keys/${id}`)).json).toMatchObject({
    source: 'file',
    models: null,
    max_concurrent: 7,
    requests_per_minute: 60,
    burst: 1,
  });
  expect(await statusWith(gateway, 'file-key')).toBe(200);
  expect(await statusWith(gateway, 'file-key')).toBe(429);
  expectProblem(await gateway.rotate(id), 422, 'INVALID');
});

test('a key that one gateway revokes is refused by the other within 100 ms', async () => {
  const ENCRYPTION_KEY = randomBytes(32).toString('base64');
  const gateway = await start({ ENCRYPTION_KEY });
  const config = readConfig({ PORT: '0', ENCRYPTION_KEY, DATA_DIR: await folder() });
  const { url: servers, user, pass } = gateway.nats;
  const nats = { servers, user, pass, maxStoreBytes: null };
  const logger = createLogger('error', 'other', { write: () => undefined });
  const other = await startGateway({ config, nats, workerNumber: 1 }, logger);
  atEnd(other.stop);

  // With none left the gateway would be open to this machine.
  await gateway.make();
  const tookMs: number[] = [];
  for (let round = 0; round < 20; round++) {
    const { id, key } = await gateway.make();
    const there = () =>
      fetch(`${other.url}/v1/models/none`, { headers: { authorization: `Bearer ${key}` } });
    await until('it is known there', async () => (await there()).status !== 401);
    const rotated = (await gateway.rotate(id, { grace_seconds: 600 })).json;
    const gone = await gateway.api('DELETE', `/api/keys/${id}`);
    const revokedMs = performance.now();
    expect(gone.status).toBe(204);
    await until('it is refused there', async () => (await there()).status === 401);
    tookMs.push(performance.now() - revokedMs);
    const successor = { headers: { authorization: `Bearer ${rotated.key}` } };
    expect((await fetch(`${other.url}/v1/models`, successor)).status).toBe(401);
  }
  expect(tookMs.toSorted((one, next) => one - next)[10]).toBeLessThan(100);
}, 60_000);
