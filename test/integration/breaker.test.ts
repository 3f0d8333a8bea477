/** A provider that is down is served around without being asked, and asked again soon after its return. */
import { describe, expect, test } from 'bun:test';
import { apiClient } from '../support/apiClient.ts';
import { recordOf } from '../support/factsOf.ts';
import {
  bringDown,
  breakerOf,
  isIn,
  says,
  soon,
  storyOf,
  timesAsked,
  typesOf,
} from '../support/outage.ts';
import {
  answers,
  answersWell,
  keysNamed,
  startProxied,
  type Dialect,
  type Proxied,
} from '../support/proxied.ts';
import { until } from '../support/until.ts';
import { startVendor, type Script } from '../support/vendor.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const [one = '', two = ''] = keysNamed('one', 'two');
const started = stoppedAfterEach(startProxied);
const vendorAt = stoppedAfterEach(startVendor);

const start = (options: Parameters<typeof startProxied>[0] = {}): Promise<Proxied> =>
  started({
    keys: { openai: [one, two], anthropic: [one], gemini: [one] },
    ...options,
    limits: { transientPauseMs: 1, ...options.limits },
  });

describe('While a provider is down', () => {
  const dialects: Dialect[] = ['openai', 'anthropic', 'gemini'];
  test.each(dialects)('%s clients get 503 at once, with a time', async (dialect) => {
    const gateway = await start({ script: says(500, 'broken') });
    await bringDown(gateway, dialect);
    expect(timesAsked(gateway.vendor)).toBe(5);
    const answer = await gateway.ask(dialect);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(1, 6);
    expect(answer.headers.get('x-should-retry')).toBeNull();
    const { error } = (await answer.json()) as { error: Record<string, unknown> };
    expect(String(error['message'])).toContain(`The provider "${dialect}" fails`);
    if (dialect === 'openai') expect(error['code']).toBe('provider_unavailable');
    if (dialect === 'gemini') expect(error['status']).toBe('UNAVAILABLE');
    const { attempts, outcome, durationMs } = await recordOf(gateway, answer);
    expect({ attempts, outcome }).toEqual({ attempts: [], outcome: 'failed' });
    expect(durationMs).toBeLessThan(500);
    expect(timesAsked(gateway.vendor)).toBe(5);
  });

  test('the others are asked on, and everybody can read why', async () => {
    const gateway = await start({
      script: (request, reply) =>
        request.path.includes('/messages')
          ? answersWell(request, reply)
          : says(503, 'maintenance')(request, reply),
    });
    await bringDown(gateway);
    expect((await gateway.ask('anthropic')).status).toBe(200);
    expect(await breakerOf(gateway)).toEqual({
      state: 'open',
      pending: false,
      until: expect.any(String),
      reason: '503: maintenance',
      rule_id: 'transient.server-error',
    });
    const get = apiClient(gateway);
    expect((await get('/api/actors/breaker/openai')).body).toMatchObject({ status: 'open' });
    expect((await get('/health')).body['backends']).toEqual({ total: 3, healthy: 2, unhealthy: 1 });
    const metrics = await (await fetch(`${gateway.url()}/metrics`)).text();
    expect(metrics).toContain('signalbox_breaker_state{provider="openai",state="open"} 1');
    expect(metrics).toContain('signalbox_breaker_state{provider="anthropic",state="closed"} 1');
    const [opened] = await storyOf(gateway);
    expect(opened).toMatchObject({ type: 'BreakerOpened', by: { kind: 'gateway' } });
  });

  const faults: [string, Script][] = [
    ['cuts connections', (_request, reply) => reply.reset()],
    ['is overloaded', says(529, 'Overloaded')],
    ['answers what is no HTTP', (_request, reply) => reply.raw('Hello\r\n\r\n')],
  ];
  test.each(faults)('also when it %s', async (_what, script) => {
    const gateway = await start({ script });
    await bringDown(gateway);
    gateway.vendor.forget();
    expect((await gateway.ask('openai')).status).toBe(503);
    expect(timesAsked(gateway.vendor)).toBe(0);
  });

  test('also when it is silent', async () => {
    const gateway = await start({
      env: { CIRCUIT_BREAKER_FAILURE_THRESHOLD: '2' },
      limits: { plainMs: 100 },
      script: () => {},
    });
    for (let asked = 0; asked < 2; asked++) expect((await gateway.ask('openai')).status).toBe(504);
    expect((await gateway.ask('openai')).status).toBe(503);
    expect(timesAsked(gateway.vendor)).toBe(2);
  });
});

describe('What a provider may say as often as it likes', () => {
  test.each([400, 404, 422])('%d is a mistake of the caller', async (status) => {
    const gateway = await start({ script: says(status) });
    for (let asked = 0; asked < 12; asked++)
      expect((await gateway.ask('openai')).status).toBe(status);
    expect((await apiClient(gateway)('/api/actors/breaker/openai')).status).toBe(404);
  });

  test('429 is a limit, and rests what it names', async () => {
    const gateway = await start({ script: says(429) });
    for (let asked = 0; asked < 9; asked++) expect((await gateway.ask('openai')).status).toBe(429);
    expect(await breakerOf(gateway)).toMatchObject({ state: 'closed' });
  }, 60_000);
});

describe('A provider that is back', () => {
  test('is asked by one request first, then by all', async () => {
    const gateway = await start({ env: soon, script: says(500) });
    await bringDown(gateway);
    const arrived = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    gateway.vendor.forget();
    gateway.vendor.does(async (request, reply) => {
      arrived.resolve();
      await answered.promise;
      await answersWell(request, reply);
    });
    await isIn(gateway, ['half-open']);
    const probe = gateway.ask('openai');
    await arrived.promise;
    const beside = await gateway.ask('openai');
    expect([beside.status, beside.headers.get('retry-after')]).toEqual([503, '1']);
    expect(timesAsked(gateway.vendor)).toBe(1);
    answered.resolve();
    expect(await (await probe).json()).toEqual(answers.openai);
    const all = await Promise.all(Array.from({ length: 5 }, () => gateway.ask('openai')));
    expect(all.map(({ status }) => status)).toEqual(Array(5).fill(200));
    await isIn(gateway, ['closed']);
    expect(await typesOf(gateway)).toEqual(['BreakerOpened', 'BreakerHalfOpened', 'BreakerClosed']);
  });

  test('at the address where nobody answered is found again', async () => {
    const gateway = await start({ env: soon });
    expect((await gateway.ask('openai')).status).toBe(200);
    await gateway.vendor.stop();
    await bringDown(gateway);
    expect(await breakerOf(gateway)).toMatchObject({ rule_id: 'transient.not-connected' });
    await vendorAt(answersWell, Number(new URL(gateway.vendor.url).port));
    await until('it is asked again', async () => (await gateway.ask('openai')).status === 200);
    await isIn(gateway, ['closed']);
  });

  test('only to fail again is left alone again: one probe, no retries', async () => {
    const gateway = await start({ env: soon, script: says(500) });
    await bringDown(gateway);
    gateway.vendor.forget();
    await isIn(gateway, ['half-open']);
    expect((await gateway.ask('openai')).status).toBe(500);
    expect((await gateway.ask('openai')).status).toBe(503);
    expect(timesAsked(gateway.vendor)).toBe(1);
    await isIn(gateway, ['half-open']);
    const types = await typesOf(gateway);
    expect(types.filter((type) => type === 'BreakerOpened')).toHaveLength(2);
  });

  test('and tells of a limit is back: a limit is an answer', async () => {
    const gateway = await start({ env: soon, keys: { openai: [one] }, script: says(500) });
    await bringDown(gateway);
    gateway.vendor.does((_request, reply) =>
      reply.json(429, { error: { message: 'slow down' } }, { 'retry-after': '30' }),
    );
    await isIn(gateway, ['half-open']);
    expect((await gateway.ask('openai')).status).toBe(429);
    expect((await gateway.ask('openai')).status).toBe(429);
    await isIn(gateway, ['closed']);
  });
});
