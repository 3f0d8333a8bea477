/** What was said stands in no file in the clear, and cannot be read by anybody once it is erased. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { Objm } from '@nats-io/obj';
import { connectNats } from '../../events/connection.ts';
import { actorId } from '../../events/ids.ts';
import { conversationKeyBucket, conversationObjectBucket } from '../../events/subjects.ts';
import { apiOf, expectProblem, type Api } from '../support/api.ts';
import { startProxied, type Proxied } from '../support/proxied.ts';
import { readSse } from '../support/sseReader.ts';
import { begin, byHand, sayStreamed } from '../support/talking.ts';
import { until } from '../support/until.ts';

const canary = 'canary-4711-Zimtschnecke';
const image = randomBytes(700_000).toString('base64');
let gateway: Proxied;
let api: Api;

beforeAll(async () => {
  gateway = await startProxied({ keys: { openai: ['test-key-openai'] } });
  api = apiOf(gateway.url);
  await api('PATCH', '/api/settings/record_bodies', { value: true });
});
afterAll(() => gateway.stop());

/** The files in which these bytes stand. */
function filesWith(bytes: Uint8Array | string): string[] {
  const found: string[] = [];
  for (const folder of [gateway.dataDir, gateway.nats.folder]) {
    for (const one of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(one.parentPath, one.name);
      if (one.isFile() && readFileSync(path).includes(bytes)) found.push(path);
    }
  }
  return found;
}

test('an erased conversation is in no file of the gateway or its log, nor is its key', async () => {
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const path = await begin(api, {
    model: 'gpt-5',
    title: `${canary} title`,
    system_prompt: `${canary} system`,
  });
  const id = path.split('/').at(-1)!;
  const sse = readSse((await sayStreamed(gateway.url(), path, `${canary} question`)).body!);
  await until('the provider is asked', () => opened.length === 1);
  await opened[0]!.say(`${canary} answer`);
  const log = gateway.log;
  const events = async () => {
    const read = await log.read({ kind: 'conversation', id: actorId(id) });
    return read.flatMap((message) => (message.ok ? [message.event] : []));
  };
  await until('its progress is kept', async () =>
    (await events()).some(({ type }) => type === 'TurnProgressed'),
  );
  await opened[0]!.finish();
  await sse.ended;
  gateway.vendor.does((_arrived, reply) =>
    reply.json(400, { error: { message: `${canary} was not understood` } }),
  );
  const parts = [
    { type: 'text', text: `${canary} image` },
    { type: 'image', media_type: 'image/png', data: image },
  ];
  const large = await api('POST', `${path}/messages`, { content: parts });
  expectProblem(large, 400, 'TURN_FAILED');
  const fork = await api('POST', `${path}/fork`, {});
  await api('DELETE', `/api/conversations/${fork.json.id}`);
  await gateway.projected();

  const nc = await connectNats(gateway.nats.connectOptions());
  const objects = await new Objm(jetstream(nc)).open(conversationObjectBucket);
  const stored = async () => (await objects.list()).map(({ name }) => name);
  expect(await stored()).toHaveLength(1);
  const kv = await new Kvm(jetstream(nc)).open(conversationKeyBucket);
  const [started] = await events();
  const key = await kv.get((started!.data as { keyRef: string }).keyRef);
  expect(filesWith(key!.value)).not.toEqual([]);
  expect(filesWith(canary)).toEqual([]);
  expect((await api('GET', path)).json.title).toBe(`${canary} title`);

  const erased = await api('DELETE', path);
  expect(erased.status).toBe(204);
  expect((await events()).at(-1)?.type).toBe('ConversationErased');
  expect(filesWith(canary)).toEqual([]);
  expect(filesWith(key!.value)).toEqual([]);
  expect(await stored()).toEqual([]);
  for (const [method, gone] of [
    ['GET', path],
    ['GET', `${path}/messages`],
    ['GET', `${path}/export`],
    ['DELETE', path],
  ] as const) {
    expectProblem(await api(method, gone), 404, 'CONVERSATION_NOT_FOUND');
  }
  await gateway.restart();
  expectProblem(await api('GET', path), 404, 'CONVERSATION_NOT_FOUND');
  await nc.close();
}, 60_000);

test('an erasure that broke off after the key is finished by the next', async () => {
  gateway.vendor.does((_arrived, reply) =>
    reply.json(200, {
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    }),
  );
  const path = await begin(api);
  await api('POST', `${path}/messages`, { content: 'Hi' });
  const id = actorId(path.split('/').at(-1)!);
  const [first] = await gateway.log.read({ kind: 'conversation', id });
  const { keyRef } = (first!.ok ? first!.event.data : {}) as { keyRef: string };
  const nc = await connectNats(gateway.nats.connectOptions());
  const kv = await new Kvm(jetstream(nc)).open(conversationKeyBucket);
  await kv.purge(keyRef);
  await nc.close();
  await gateway.restart();
  expectProblem(await api('GET', `${path}/messages`), 404, 'CONVERSATION_NOT_FOUND');
  expect((await api('DELETE', path)).status).toBe(204);
  expectProblem(await api('DELETE', path), 404, 'CONVERSATION_NOT_FOUND');
});

test('a conversation that is erased in mid-turn ends the turn, and nothing of it comes back', async () => {
  const { script, opened } = byHand();
  gateway.vendor.does(script);
  const path = await begin(api);
  const sse = readSse((await sayStreamed(gateway.url(), path, 'Hi')).body!);
  await until('the provider is asked', () => opened.length === 1);
  expect((await api('DELETE', path)).status).toBe(204);
  await opened[0]!.arrived.closed;
  expect(await sse.ended).toBe('ended');
  expect(sse.items.at(-1)).toMatchObject({
    event: 'error',
    data: { error: { code: 'CANCELLED' } },
  });
  const id = actorId(path.split('/').at(-1)!);
  const events = await gateway.log.read({ kind: 'conversation', id });
  const last = events.at(-1);
  expect(last?.ok && last.event.type).toBe('ConversationErased');
});
