/** Where `GET /v1/models` has its models from: who is asked, how often, and what becomes of who fails. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  listsAsked,
  offering,
  openAiKey,
  otherKey,
  spareKey,
  startListed,
  type Listed,
} from '../support/modelLists.ts';
import { until } from '../support/until.ts';
import { startVendor, type Script } from '../support/vendor.ts';

let listed: Listed;
afterEach(() => listed.stop());

describe('A list', () => {
  beforeEach(async () => {
    listed = await startListed();
  });

  test('is asked for once, however many want it at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => listed.idsOf()));
    for (const ids of all) expect(ids).toEqual(['gpt-5', 'shared']);
    await listed.idsOf();
    expect(listsAsked(listed.gateway.vendor)).toHaveLength(1);
    expect(listed.gateway.vendor.last().key).toBe(openAiKey);
  });

  test('is asked for again when keys come, and goes with the last of them', async () => {
    await listed.addSpare();
    expect(await listed.idsOf()).toContain('spare/llama');
    listed.spare.does(offering('newer'));
    const key = await listed.made('/api/provider-keys', { provider: 'spare', key: otherKey });
    await until('the new list is there', async () =>
      (await listed.idsOf()).includes('spare/newer'),
    );
    const { json } = await listed.api('GET', '/api/provider-keys?provider=spare');
    expect(json.data.map(({ id }: { id: string }) => id)).toContain(key.id);
    for (const { id } of json.data) await listed.api('DELETE', `/api/provider-keys/${id}`);
    expect(await listed.idsOf()).toEqual(['gpt-5', 'shared']);
  });

  test('leaves out who fails, says so, and goes on', async () => {
    const failures: Script[] = [
      (_, reply) => reply.json(500, { error: 'no' }),
      (_, reply) => reply.send(200, '<html>'),
      (_, reply) => reply.json(200, { hello: 'there' }),
      (_, reply) => reply.reset(),
    ];
    for (const [index, failure] of failures.entries()) {
      const failing = await startVendor(failure);
      const name = `failing-${index}`;
      await listed.made('/api/providers', {
        name,
        dialect: 'openai',
        base_url: failing.url,
        auth: 'none',
      });
      expect(await listed.idsOf()).toEqual(['gpt-5', 'shared']);
      await until('it is said', () => listed.gateway.output().includes(`"provider":"${name}"`));
      await failing.stop();
    }
    expect(listed.gateway.output()).toContain('status 500');
    expect(listed.gateway.output()).not.toContain(openAiKey);
  });

  test('comes with the next key where the first one is refused', async () => {
    await listed.addSpare();
    await listed.made('/api/provider-keys', { provider: 'spare', key: otherKey });
    listed.spare.does((request, reply) =>
      request.key === spareKey
        ? reply.json(401, { error: { message: 'no' } })
        : offering('llama')(request, reply),
    );
    expect(await listed.idsOf()).toContain('spare/llama');
  });

  test('is made of what the client may use', async () => {
    await listed.addSpare();
    const { key } = await listed.made('/api/keys', {
      name: 'narrow',
      models: ['gpt-*', 'spare/*'],
    });
    const asClient = { authorization: `Bearer ${key}` };
    expect(await listed.idsOf(asClient)).toEqual(['gpt-5', 'spare/llama', 'spare/shared']);
    const one = await listed.api('GET', '/v1/models/shared', undefined, asClient);
    expect(one.status).toBeGreaterThanOrEqual(403);
    const { openai } = listed.clients(key);
    expect((await openai.models.retrieve('gpt-5')).id).toBe('gpt-5');
  });

  test('is empty where there is nobody to ask', async () => {
    const { json } = await listed.api('GET', '/api/provider-keys?provider=openai');
    for (const { id } of json.data) await listed.api('DELETE', `/api/provider-keys/${id}`);
    expect((await listed.api('GET', '/v1/models')).json).toEqual({ object: 'list', data: [] });
  });
});

describe('The cache', () => {
  test('may be off: then every list is asked for anew', async () => {
    listed = await startListed({ CACHE_ENABLED: 'false' });
    await listed.idsOf();
    await listed.idsOf();
    expect(listsAsked(listed.gateway.vendor)).toHaveLength(2);
  });

  test('serves a list that is old while a new one is fetched', async () => {
    listed = await startListed({ CACHE_TTL_SECONDS: '1' });
    await listed.idsOf();
    const readAtMs = Date.now();
    listed.gateway.vendor.does(offering('gpt-6'));
    await until('the list is old', () => Date.now() > readAtMs + 1_000);
    expect(await listed.idsOf()).toEqual(['gpt-5', 'shared']);
    await until('the new list is there', async () => (await listed.idsOf()).includes('gpt-6'));
  });
});
