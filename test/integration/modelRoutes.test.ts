/** Model routes through the API: defined, read, changed, refused, removed, and there after a restart. */
import { describe, expect, test } from 'bun:test';
import { both, nameIn, startRouted } from '../support/routed.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(startRouted);

const path = '/api/models';

describe('A model route', () => {
  test('is defined, read, listed, changed and removed', async () => {
    const body = {
      name: 'team/fast',
      strategy: 'fallback',
      targets: [{ ...both[0], context_length: 400_000 }, both[1]],
      context_length: 128_000,
      price: { input_micro_usd: 1_250_000, output_micro_usd: 10_000_000 },
      limits: { first_event_ms: 2_000, attempts: 4 },
    };
    const { created_at, id, ...defined } = await gateway.define(body);
    expect(id).toMatch(/^team-fast-[0-9a-f]{12}$/);
    expect(Date.parse(String(created_at))).toBeWithin(Date.now() - 60_000, Date.now() + 1);
    expect(defined).toEqual({
      name: 'team/fast',
      strategy: 'fallback',
      targets: [
        { provider: 'openai', model: 'gpt-5', weight: 1, context_length: 400_000 },
        { provider: 'spare', model: 'oss/gpt-120b', weight: 1, context_length: null },
      ],
      dialects: ['openai'],
      context_length: 128_000,
      price: { input_micro_usd: 1_250_000, output_micro_usd: 10_000_000, cached_micro_usd: null },
      limits: { first_event_ms: 2_000, attempts: 4 },
      resume: false,
      record_bodies: false,
    });
    const one = `${path}/${id}`;
    expect(await gateway.manage('GET', one)).toEqual({
      status: 200,
      body: { id, created_at, ...defined },
    });
    const list = await gateway.manage('GET', path);
    expect(list.body['data']).toEqual([{ id, created_at, ...defined }]);

    const changes = { strategy: 'weighted', limits: null, price: null, resume: true };
    const changed = await gateway.manage('PATCH', one, changes);
    expect(changed.body).toEqual({
      id,
      created_at,
      ...defined,
      strategy: 'weighted',
      limits: {},
      price: null,
      resume: true,
    });
    expect((await gateway.manage('DELETE', one)).status).toBe(204);
    expect(await gateway.manage('GET', one)).toMatchObject({
      status: 404,
      body: { code: 'MODEL_ROUTE_NOT_FOUND' },
    });
    const { body: audit } = await gateway.manage('GET', `/api/events?kind=model-route&id=${id}`);
    const types = (audit['data'] as { type: string }[]).map(({ type }) => type);
    expect(types.toSorted()).toEqual([
      'ModelRouteChanged',
      'ModelRouteDefined',
      'ModelRouteRemoved',
    ]);
  });

  test('has a name of its own', async () => {
    const route = { name: 'only-once', targets: [both[0]] };
    expect((await gateway.define(route))['id']).toBe('only-once');
    expect(await gateway.manage('POST', path, route)).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_EXISTS' },
    });
  });

  test('may be named like a model of a provider, and then goes before it', async () => {
    const name = 'openai/gpt-x';
    expect(await nameIn(await gateway.chat(name))).toBe('main');
    const { id } = await gateway.define({ name, targets: [both[1]] });
    const answer = await gateway.chat(name);
    expect(answer.headers.get('x-signalbox-model')).toBe('spare/oss/gpt-120b');
    expect(await nameIn(answer)).toBe('spare');
    await gateway.manage('DELETE', `${path}/${id}`);
    expect(await nameIn(await gateway.chat(name))).toBe('main');
  });

  test('is not found behind a prefix: that names a provider', async () => {
    await gateway.define({ name: 'nearby', targets: [both[1]] });
    const answer = await gateway.chat('openai/nearby');
    expect(await nameIn(answer)).toBe('main');
    expect(answer.headers.get('x-signalbox-model')).toBeNull();
    expect(JSON.parse(gateway.vendor.last().body.toString())).toMatchObject({ model: 'nearby' });
  });

  test('is there after a restart, as it was changed', async () => {
    const { id } = await gateway.define({ name: 'lasting', targets: [both[0]] });
    await gateway.manage('PATCH', `${path}/${id}`, { targets: [both[1]] });
    await gateway.restart();
    expect(await nameIn(await gateway.chat('lasting'))).toBe('spare');
  });
});

describe('Refused with 422 is a model route', () => {
  const route = { name: 'refused', targets: [both[0]] };
  const claude = { provider: 'copycat', model: 'claude' };
  const refused = async (body: object) => {
    const { status, body: problem } = await gateway.manage('POST', path, body);
    expect(status).toBe(422);
    return problem as { code: string; detail: string };
  };

  test('with a target of an unknown provider', async () => {
    const targets = [both[0], { provider: 'nobody', model: 'x' }];
    const { code, detail } = await refused({ ...route, targets });
    expect(code).toBe('UNKNOWN_PROVIDER');
    expect(detail).toContain('body.targets.1 (nobody/x)');
  });

  test('whose targets no caller could all ask; also when it is changed so', async () => {
    const copycat = { dialect: 'anthropic', base_url: gateway.vendor.url };
    await gateway.manage('POST', '/api/providers', { name: 'copycat', ...copycat });
    const { code, detail } = await refused({ ...route, targets: [both[0], claude] });
    expect(code).toBe('NO_COMMON_DIALECT');
    expect(detail).toContain('body.targets.1 (copycat/claude)');
    const { id } = await gateway.define({ name: 'was-fine', targets: [both[0]] });
    const changed = await gateway.manage('PATCH', `${path}/${id}`, { targets: [claude, both[0]] });
    expect(changed).toMatchObject({ status: 422, body: { code: 'NO_COMMON_DIALECT' } });
  });

  test.each([
    ['no target', { targets: [] }, 'body.targets: expected 1 to 32 targets'],
    ['a target twice', { targets: [both[0], both[0]] }, 'openai/gpt-5 is there twice'],
    ['an unknown strategy', { strategy: 'random' }, 'body.strategy'],
    ['an unknown field', { fallbacks: [] }, 'body.fallbacks'],
    ['an unknown limit', { limits: { max_in_flight: 1 } }, 'body.limits'],
    ['a limit out of bounds', { limits: { attempts: 0 } }, 'body.limits: expected attempts, '],
    ['a weight that is no share', { targets: [{ ...both[0], weight: -1 }] }, 'weight: expected'],
    ['a name with a space', { name: 'two words' }, 'body.name: expected a text'],
    ['a price that pays', { price: { input_micro_usd: -1, output_micro_usd: 0 } }, 'body.price'],
  ])('with %s', async (_what, more, said) => {
    const { detail } = await refused({ ...route, ...more });
    expect(detail).toContain(said);
  });
});
