/** What each official SDK makes of what the gateway itself refuses a client. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { thrown } from '../../support/officialSdks.ts';
import type { Asking, SdkVersion, Way } from '../../support/sdkAsking.ts';
import { startSdkPlaces, type SdkPlaces } from '../../support/sdkPlaces.ts';
import { each, expectWaits, refusal, shown, types } from '../../support/sdkRefusals.ts';
import { ofAll, type SdkError } from '../../support/sdkTables.ts';
import { answersWell } from '../../support/proxied.ts';
import { until } from '../../support/until.ts';

setDefaultTimeout(60_000);

let gateway: SdkPlaces;
/** A client key without limits. */
let key: string;
beforeAll(async () => {
  gateway = await startSdkPlaces({ limits: { bodyLimitBytes: 100_000 } });
  key = await newKey();
}, 60_000);
afterAll(() => gateway.stop());

async function newKey(terms: object = {}): Promise<string> {
  const { json } = await gateway.api('POST', '/api/keys', { name: 'alice', ...terms });
  return json.key;
}

const dialects = ['openai', 'anthropic', 'gemini'] as const;

const oneOf = async (sdk: SdkVersion, way: Way, asking: Partial<Asking>) =>
  (await thrown(sdk.ask({ url: gateway.url(), key, way, ...asking }))) as SdkError;

describe('The client key', () => {
  test('that is missing is told so in the dialect', async () => {
    const told = await Promise.all(
      dialects.map(async (dialect) => (await gateway.ask(dialect)).json()),
    );
    expect(told).toMatchObject([
      { error: { code: 'missing_api_key', type: 'invalid_request_error' } },
      { type: 'error', error: { type: 'authentication_error' } },
      { error: { code: 401, status: 'UNAUTHENTICATED' } },
    ]);
  });

  test('that nobody knows is an authentication error', async () => {
    const got = await ofAll(async (sdk, way) =>
      shown(sdk, await oneOf(sdk, way, { key: 'sk-of-nobody' })),
    );
    expect(got).toEqual(refusal(401, 'invalid_api_key', types.unknown));
  });

  test('that has expired is told so', async () => {
    const expires_at = new Date(Date.now() + 300).toISOString();
    const expiring = await newKey({ expires_at });
    await until('it has expired', () => Date.now() > Date.parse(expires_at));
    const got = await ofAll(async (sdk, way) =>
      shown(sdk, await oneOf(sdk, way, { key: expiring })),
    );
    expect(got).toEqual(refusal(401, 'client_key_expired', types.unknown));
  });

  test('may be for other models', async () => {
    const limited = await newKey({ models: ['other-*'] });
    const got = await ofAll(async (sdk, way) =>
      shown(sdk, await oneOf(sdk, way, { key: limited })),
    );
    expect(got).toEqual(refusal(403, 'model_not_allowed', types.notAllowed));
  });

  test('may be too fast, and its SDK is told for how long', async () => {
    const slow = await newKey({ requests_per_minute: 2, burst: 1 });
    const { model } = await gateway.place('openai', answersWell);
    await gateway.ask('openai', { model }, { headers: { authorization: `Bearer ${slow}` } });
    const errors = await ofAll((sdk, way) => oneOf(sdk, way, { key: slow }));
    const got = await each(errors, shown);
    expect(got).toEqual(refusal(429, 'client_rate_limited', types.limited));
    await expectWaits(errors, 25, 30);
  });

  test('may have too much under way', async () => {
    const narrow = await newKey({ max_concurrent: 1 });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { model, arrived } = await gateway.place('openai', async (request, reply) => {
      await released;
      await answersWell(request, reply);
    });
    const headers = { authorization: `Bearer ${narrow}` };
    const held = gateway.ask('openai', { model }, { headers });
    await until('one is under way', () => arrived().length === 1);
    const errors = await ofAll((sdk, way) => oneOf(sdk, way, { key: narrow }));
    release();
    expect((await held).status).toBe(200);
    expect(await each(errors, shown)).toEqual(
      refusal(429, 'client_too_many_at_once', types.limited),
    );
    await expectWaits(errors, 1, 1);
  });
});

describe('A request', () => {
  test('that is too large is refused before it is read', async () => {
    const text = 'x'.repeat(4_000_000);
    const got = await ofAll(async (sdk, way) => shown(sdk, await oneOf(sdk, way, { text })));
    expect(got).toEqual(
      refusal(413, 'request_too_large', {
        openai: 'invalid_request_error',
        anthropic: 'request_too_large',
        gemini: 'INVALID_ARGUMENT',
      }),
    );
  });

  test('for a provider that speaks otherwise is a bad one', async () => {
    const openai = await gateway.place('openai', answersWell);
    const anthropic = await gateway.place('anthropic', answersWell);
    const got = await ofAll(async (sdk, way) => {
      const { model } = sdk.dialect === 'openai' ? anthropic : openai;
      return shown(sdk, await oneOf(sdk, way, { model }));
    });
    expect(got).toEqual(refusal(400, 'other_dialect', types.wrong));
  });

  test('over what the gateway takes at once is turned away for a second', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { model, arrived } = await gateway.place('openai', async (request, reply) => {
      await released;
      await answersWell(request, reply);
    });
    await gateway.api('PATCH', '/api/settings/max_in_flight', { value: 1 });
    const held = gateway.ask('openai', { model }, { headers: { authorization: `Bearer ${key}` } });
    await until('one is under way', () => arrived().length === 1);
    const errors = await ofAll((sdk, way) => oneOf(sdk, way, {}));
    await gateway.api('DELETE', '/api/settings/max_in_flight');
    release();
    expect((await held).status).toBe(200);
    const got = await each(errors, shown);
    const overloaded = { ...types.away, anthropic: 'overloaded_error' };
    const [other, anthropics] = [503, 529].map((status) =>
      refusal(status, 'too_many_requests_in_flight', overloaded),
    );
    const isAnthropic = ([name]: [string, unknown]) => name.startsWith('anthropic');
    expect(got).toEqual({
      ...other,
      ...Object.fromEntries(Object.entries(anthropics ?? {}).filter(isAnthropic)),
    });
    await expectWaits(errors, 1, 1);
  });
});
