/** Who answers for a model route when its targets fail, rest or stay silent. */
import { describe, expect, test } from 'bun:test';
import { recordOf } from '../support/factsOf.ts';
import {
  answersAs,
  both,
  fails,
  mainKey,
  nameIn,
  otherKey,
  spareKey,
  startRouted,
} from '../support/routed.ts';
import { openAiChat } from '../support/vendorStreams.ts';
import type { Script } from '../support/vendor.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const start = stoppedAfterEach(startRouted);

const silent: Script = () => {};
const rested: Script = (_request, reply) =>
  reply.json(429, { error: { message: 'Slow down' } }, { 'retry-after': '30' });
const answeredBy = (answer: Response) => answer.headers.get('x-signalbox-model');

describe('A route with its targets in order', () => {
  test('is answered by the first, under the name that its vendor knows', async () => {
    const gateway = await start();
    await gateway.define({ name: 'team/fast', targets: both });
    const answer = await gateway.chat('team/fast');
    expect(answeredBy(answer)).toBe('openai/gpt-5');
    expect(await nameIn(answer)).toBe('main');
    expect(JSON.parse(gateway.vendor.last().body.toString())).toMatchObject({ model: 'gpt-5' });
    expect(gateway.spare.arrived).toHaveLength(0);
  });

  test('goes on to the next after three failures of a provider; the record names who answered', async () => {
    const gateway = await start();
    gateway.vendor.does(fails(503));
    await gateway.define({ name: 'team/fast', targets: both });
    const answer = await gateway.chat('team/fast');
    expect(answeredBy(answer)).toBe('spare/oss/gpt-120b');
    expect(gateway.spare.last()).toMatchObject({ key: spareKey, path: '/v1/chat/completions' });
    expect(JSON.parse(gateway.spare.last().body.toString())).toMatchObject({
      model: 'oss/gpt-120b',
    });
    const record = await recordOf(gateway, answer);
    expect(record).toMatchObject({
      provider: 'spare',
      model: 'oss/gpt-120b',
      outcome: 'completed',
      usage: { inputTokens: 5, outputTokens: 2 },
    });
    expect(record.attempts.map(({ provider, model, status }) => [provider, model, status])).toEqual(
      [
        ['openai', 'gpt-5', 503],
        ['openai', 'gpt-5', 503],
        ['openai', 'gpt-5', 503],
        ['spare', 'oss/gpt-120b', 200],
      ],
    );
  });

  test('has one budget over all of them', async () => {
    const gateway = await start({ attempts: 5 });
    gateway.vendor.does(fails(500));
    gateway.spare.does(fails(502, 'The last'));
    await gateway.define({ name: 'team/fast', targets: both });
    const answer = await gateway.chat('team/fast');
    expect(answer.status).toBe(502);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(await answer.text()).toContain('The last');
    expect(gateway.vendor.arrived).toHaveLength(3);
    expect(gateway.spare.arrived).toHaveLength(2);
  });

  test('may have a budget of its own', async () => {
    const gateway = await start();
    gateway.vendor.does(fails(500));
    const limits = { transient_attempts: 1 };
    await gateway.define({ name: 'impatient', targets: both, limits });
    expect(await nameIn(await gateway.chat('impatient'))).toBe('spare');
    expect(gateway.vendor.arrived).toHaveLength(1);
  });

  test('passes a target whose keys all rest at once, and comes back to it', async () => {
    const gateway = await start();
    gateway.vendor.does(rested);
    await gateway.define({ name: 'team/fast', targets: both });
    const sentMs = Date.now();
    expect(await nameIn(await gateway.chat('team/fast'))).toBe('spare');
    expect(await nameIn(await gateway.chat('team/fast'))).toBe('spare');
    expect(Date.now() - sentMs).toBeLessThan(2_000);
    expect(gateway.vendor.keys().toSorted()).toEqual([mainKey, otherKey].toSorted());
    gateway.vendor.does(answersAs('main'));
    const { body } = await gateway.manage('GET', '/api/provider-keys');
    for (const { id, provider } of body['data'] as { id: string; provider: string }[]) {
      if (provider === 'openai') await gateway.manage('POST', `/api/provider-keys/${id}/wake`);
    }
    expect(await nameIn(await gateway.chat('team/fast'))).toBe('main');
  });

  test('says how long all of them rest when none is left', async () => {
    const gateway = await start();
    gateway.vendor.does(rested);
    gateway.spare.does((_request, reply) =>
      reply.json(429, { error: { message: 'Slow down' } }, { 'retry-after': '20' }),
    );
    await gateway.define({ name: 'team/fast', targets: both });
    const answer = await gateway.chat('team/fast');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(18, 21);
  });

  test('waits when the first key of any of them wakes soon', async () => {
    const gateway = await start();
    gateway.vendor.does(rested);
    let asked = 0;
    gateway.spare.does((request, reply) =>
      asked++ === 0
        ? reply.json(429, { error: { message: 'Slow' } }, { 'retry-after-ms': '1100' })
        : answersAs('spare')(request, reply),
    );
    await gateway.define({ name: 'team/fast', targets: both });
    expect(await nameIn(await gateway.chat('team/fast'))).toBe('spare');
    expect(gateway.spare.arrived).toHaveLength(2);
  });

  test('goes on where a target does not have the model', async () => {
    const gateway = await start();
    gateway.vendor.does(fails(404, 'The model `gpt-5` does not exist', 'model_not_found'));
    await gateway.define({ name: 'team/fast', targets: both });
    expect(await nameIn(await gateway.chat('team/fast'))).toBe('spare');
    expect(gateway.vendor.arrived).toHaveLength(1);
  });

  test('gives a refusal and a mistake of the caller as they are', async () => {
    const gateway = await start();
    await gateway.define({ name: 'team/fast', targets: both });
    gateway.vendor.does(fails(400, 'Rejected by our safety system', 'content_policy_violation'));
    const refused = await gateway.chat('team/fast');
    expect(refused.status).toBe(400);
    expect(refused.headers.get('x-should-retry')).toBeNull();
    expect(await refused.text()).toContain('content_policy_violation');
    const refusal = { role: 'assistant', content: null, refusal: "I can't help with that." };
    const choices = [{ index: 0, message: refusal, finish_reason: 'stop' }];
    gateway.vendor.does((_request, reply) => reply.json(200, { id: 'c', choices }));
    expect(await (await gateway.chat('team/fast')).json()).toEqual({ id: 'c', choices });
    expect(gateway.spare.arrived).toHaveLength(0);
  });

  test('goes on past a provider that was removed', async () => {
    const gateway = await start();
    await gateway.define({ name: 'team/fast', targets: [both[1], both[0]] });
    await gateway.manage('DELETE', '/api/providers/spare?force=true');
    expect(await nameIn(await gateway.chat('team/fast'))).toBe('main');
  });
});

describe('A silent target', () => {
  const event = openAiChat.start + openAiChat.finish;

  test('of a stream is left after the time to its first event, while another is left', async () => {
    const gateway = await start({ firstEventMs: 300 });
    gateway.vendor.does(silent);
    gateway.spare.does((_request, reply) => reply.stream(event));
    await gateway.define({ name: 'team/fast', targets: both });
    const answer = await gateway.chat('team/fast', { stream: true });
    expect(answeredBy(answer)).toBe('spare/oss/gpt-120b');
    expect(await answer.text()).toContain('[DONE]');
    expect(gateway.vendor.arrived).toHaveLength(1);
    const { attempts } = await recordOf(gateway, answer);
    expect(attempts.map(({ status }) => status)).toEqual([0, 200]);
  });

  test('that is the last one has the time of a plain answer', async () => {
    const gateway = await start({ firstEventMs: 100 });
    gateway.vendor.does(async (_request, reply) => {
      await Bun.sleep(400); // The silence is the fault under test.
      await reply.stream(event);
    });
    await gateway.define({ name: 'alone', targets: [both[0]] });
    expect((await gateway.chat('alone', { stream: true })).status).toBe(200);
  });

  test('of a plain answer is left after its time, which a route may set', async () => {
    const gateway = await start();
    gateway.vendor.does(silent);
    await gateway.define({ name: 'quick', targets: both, limits: { plain_ms: 300 } });
    expect(await nameIn(await gateway.chat('quick'))).toBe('spare');
  });

  test('leaves the others no more time than the deadline of the request', async () => {
    const gateway = await start();
    gateway.vendor.does(silent);
    gateway.spare.does(silent);
    const limits = { plain_ms: 2_000, deadline_ms: 2_400 };
    await gateway.define({ name: 'quick', targets: both, limits });
    const sentMs = Date.now();
    const answer = await gateway.chat('quick');
    expect(answer.status).toBe(504);
    expect(Date.now() - sentMs).toBeWithin(2_350, 3_990);
    expect(gateway.spare.arrived).toHaveLength(1);
  });
});
