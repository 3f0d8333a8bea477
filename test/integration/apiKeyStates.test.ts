/** Provider keys by API: on, off, awake, probed; and the truth about it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { expectProblem } from '../support/api.ts';
import { keysOfVendor, type FreshProvider, type KeysOfVendor } from '../support/keysOfVendor.ts';
import { until } from '../support/until.ts';

let all: KeysOfVendor;
let own: FreshProvider;

beforeAll(async () => {
  all = await keysOfVendor();
});
afterAll(() => all.stop());
beforeEach(async () => {
  own = await all.fresh();
});

describe('on, off, awake', () => {
  test('a disabled key is not used, and says why', async () => {
    const { id } = (await own.add()).json;
    const { json } = await own.tell(id, 'disable', { reason: 'leaked' });
    expect(json).toMatchObject({ status: 'disabled', reason: 'leaked' });
    expect((await own.chat()).status).toBe(503);
    expect((await own.tell(id, 'enable')).json).toMatchObject({ status: 'healthy', reason: null });
    expect((await own.chat()).status).toBe(200);
  });

  test('a resting key names the time and the rule, and can be woken', async () => {
    const { id } = (await own.add()).json;
    own.refuse(429, 'rate_limit_exceeded', { 'retry-after': '120' });
    expect((await own.chat()).status).toBe(429);
    await until('the log has it', async () => (await own.get(id)).status === 'resting');
    const resting = await own.get(id);
    expect(resting).toMatchObject({ pending: false, rule_id: 'rate-limit.retry-after' });
    expect(Date.parse(resting.rest_until) - Date.now()).toBeGreaterThan(100_000);
    expect(resting.last_rotated_at).not.toBeNull();

    own.accept();
    expect((await own.chat()).status).toBe(429);
    expect((await own.tell(id, 'wake')).json).toMatchObject({
      status: 'healthy',
      rest_until: null,
    });
    expect((await own.chat()).status).toBe(200);
  });

  test('a disabled key cannot be woken, only enabled', async () => {
    const { id } = (await own.add()).json;
    await own.tell(id, 'disable');
    expectProblem(await own.tell(id, 'wake'), 422, 'INVALID');
  });

  test('requests and failures of today are counted', async () => {
    const { id } = (await own.add()).json;
    await own.chat();
    own.refuse(400, 'bad');
    await own.chat();
    await until('both are projected', async () => {
      await all.gateway.projected();
      return (await own.get(id)).requests_today === 2;
    });
    expect(await own.get(id)).toMatchObject({ requests_today: 2, failures_today: 1 });
  });
});

describe('a probe', () => {
  test('asks the vendor for its models with this very key', async () => {
    const { id } = (await own.add()).json;
    const { status, json } = await own.tell(id, 'probe');
    expect(status).toBe(200);
    expect(json).toMatchObject({ ok: true, status: 200, verdict: 'ok' });
    expect(all.vendor.last()).toMatchObject({ method: 'GET', path: '/v1/models', key: own.secret });
  });

  test('brings a resting key back, and leaves one that an operator disabled', async () => {
    const { id } = (await own.add()).json;
    own.refuse(429, 'rate_limit_exceeded', { 'retry-after': '120' });
    await own.chat();
    await until('it rests', async () => (await own.get(id)).status === 'resting');
    own.accept();
    expect((await own.tell(id, 'probe')).json.ok).toBe(true);
    expect((await own.get(id)).status).toBe('healthy');

    await own.tell(id, 'disable');
    expect((await own.tell(id, 'probe')).json.ok).toBe(true);
    expect((await own.get(id)).status).toBe('disabled');
  });

  test('brings back a key that was disabled for its credential', async () => {
    const { id } = (await own.add()).json;
    await own.add({ key: `${own.secret}-other` });
    own.refuse(401, 'invalid_api_key');
    expect((await own.tell(id, 'probe')).json).toMatchObject({ ok: false, status: 401 });
    await until('the second sight is believed', async () => {
      await own.tell(id, 'probe');
      return (await own.get(id)).status === 'disabled';
    });
    expect((await own.get(id)).rule_id).not.toBeNull();
    own.accept();
    expect((await own.tell(id, 'probe')).json.ok).toBe(true);
    expect((await own.get(id)).status).toBe('healthy');
  });

  test('is judged like traffic', async () => {
    const { id } = (await own.add()).json;
    own.refuse(429, 'rate_limit_exceeded', { 'retry-after': '60' });
    expect((await own.tell(id, 'probe')).json).toMatchObject({
      ok: false,
      status: 429,
      verdict: 'rate_limit',
      rule_id: 'rate-limit.retry-after',
    });
    await until('it rests', async () => (await own.get(id)).status === 'resting');
  });

  test('says so when nobody answers', async () => {
    const { id } = (await own.add()).json;
    all.vendor.does((_request, reply) => reply.reset());
    const { json } = await own.tell(id, 'probe');
    expect(json).toMatchObject({ ok: false, status: 0, verdict: 'transient' });
    expect((await own.get(id)).status).toBe('healthy');
  });
});
