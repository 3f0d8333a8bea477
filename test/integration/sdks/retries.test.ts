/** Retries of an official SDK on top of the gateway's: nothing is asked more often than it has to be, nobody hangs. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { thrown } from '../../support/officialSdks.ts';
import { answers, type Dialect } from '../../support/proxied.ts';
import type { SdkVersion, Way } from '../../support/sdkAsking.ts';
import { startSdkPlaces } from '../../support/sdkPlaces.ts';
import { each, expectWaits } from '../../support/sdkRefusals.ts';
import { expected, ofAll, type SdkError } from '../../support/sdkTables.ts';
import type { Script } from '../../support/vendor.ts';
import { retryInfo, saysError } from '../../support/vendorErrors.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const gateway = stoppedAfterAll(startSdkPlaces);

/** Each SDK with two retries of its own, as OpenAI's and Anthropic's have unless they are told otherwise. */
async function persist(sdk: SdkVersion, way: Way, script: Script, keys = 2) {
  const { model, arrived } = await gateway.place(sdk.dialect, script, keys);
  const error = await thrown(sdk.ask({ url: gateway.url(), model, way, maxRetries: 2 }));
  return { error: error as SdkError, asked: arrived().length };
}
/** Google's SDK repeats only where a caller says so, and looks at no header. */
const obeys = ({ dialect }: SdkVersion) => dialect !== 'gemini';

describe('After the gateway has spent its own attempts', () => {
  test.each([408, 500, 502, 503, 504, 529])('at a %d, the SDK makes none', async (status) => {
    const got = await ofAll(async (sdk, way) => {
      if (!obeys(sdk)) return 3;
      const { error, asked } = await persist(sdk, way, saysError(sdk.dialect, status));
      expect(error.status).toBe(status);
      return asked;
    });
    expect(got).toEqual(expected(() => 3));
  });

  test('even where the vendor would have had it try again', async () => {
    const got = await ofAll(async (sdk, way) => {
      if (!obeys(sdk)) return 3;
      const headers = { 'x-should-retry': 'true', 'retry-after': '1' };
      const { error, asked } = await persist(sdk, way, saysError(sdk.dialect, 503, headers));
      expect(error.headers?.get('retry-after')).toBe('1');
      return asked;
    });
    expect(got).toEqual(expected(() => 3));
  });

  test('Google’s SDK, which knows no such word, is stopped by the breaker', async () => {
    const got = await ofAll(async (sdk, way) =>
      obeys(sdk) ? 5 : (await persist(sdk, way, saysError('gemini', 500))).asked,
    );
    expect(got).toEqual(expected(() => 5));
  });

  test('at keys that are refused, the SDK makes none', async () => {
    const got = await ofAll(async (sdk, way) => {
      if (!obeys(sdk)) return 2;
      return (await persist(sdk, way, saysError(sdk.dialect, 401))).asked;
    });
    expect(got).toEqual(expected(() => 2));
  });
});

describe('What the gateway leaves to the SDK', () => {
  test('is a conflict: the vendor is asked once for each of its tries', async () => {
    const got = await ofAll(async (sdk, way) => {
      if (!obeys(sdk)) return 3;
      return (await persist(sdk, way, saysError(sdk.dialect, 409))).asked;
    });
    expect(got).toEqual(expected(() => 3));
  });

  test('is a short rest of all keys, which it sits out and is answered', async () => {
    const got = await ofAll(async (sdk, way) => {
      if (!obeys(sdk) || way === 'stream') return { said: 'Hello', asked: 3 };
      let limited = 0;
      const { model, arrived } = await gateway.place(sdk.dialect, (request, reply) =>
        (limited += 1) <= 2
          ? saysError(sdk.dialect, 429, { 'retry-after-ms': '1000' })(request, reply)
          : reply.json(200, answers[sdk.dialect]),
      );
      const said = await sdk.ask({ url: gateway.url(), model, way, maxRetries: 2 });
      return { said, asked: arrived().length };
    });
    expect(got).toEqual(expected(() => ({ said: 'Hello', asked: 3 })));
  });

  test('is not a long one: the caller hears of it at once', async () => {
    const sentMs = performance.now();
    const got = await ofAll(async (sdk, way) => {
      const script = saysError(sdk.dialect, 429, { 'retry-after': '3000' });
      const { error, asked } = await persist(sdk, way, script);
      const seconds = Number(error.headers?.get('retry-after') ?? 3_000);
      return { status: error.status, asked, isTold: seconds > 2_900 };
    });
    expect(got).toEqual(expected(() => ({ status: 429, asked: 2, isTold: true })));
    expect(performance.now() - sentMs).toBeLessThan(8_000);
  });
});

describe('However a vendor says how long its limit lasts, the SDK is told', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000);
  const limits = (dialect: Dialect): Record<string, string> =>
    dialect === 'anthropic'
      ? {
          'anthropic-ratelimit-requests-remaining': '0',
          'anthropic-ratelimit-requests-reset': inSeconds(30).toISOString(),
          'anthropic-ratelimit-tokens-remaining': '100',
          'anthropic-ratelimit-tokens-reset': inSeconds(300).toISOString(),
        }
      : {
          'x-ratelimit-remaining-requests': '0',
          'x-ratelimit-reset-requests': '30s',
          'x-ratelimit-remaining-tokens': '100',
          'x-ratelimit-reset-tokens': '5m0s',
        };
  const cases: readonly [string, (dialect: Dialect) => Script][] = [
    ['retry-after', (dialect) => saysError(dialect, 429, { 'retry-after': '30' })],
    ['retry-after-ms', (dialect) => saysError(dialect, 429, { 'retry-after-ms': '30000' })],
    [
      'retry-after with a date',
      (dialect) => saysError(dialect, 429, { 'retry-after': inSeconds(30).toUTCString() }),
    ],
    ['the reset of a limit', (dialect) => saysError(dialect, 429, limits(dialect))],
    [
      'RetryInfo in the body',
      (dialect) =>
        dialect === 'gemini'
          ? saysError(dialect, 429, {}, [retryInfo('30s')])
          : saysError(dialect, 429, { 'retry-after': '30' }),
    ],
  ];
  test.each(cases)('%s', async (_what, scriptOf) => {
    const errors = await ofAll(async (sdk, way) => {
      const { model } = await gateway.place(sdk.dialect, scriptOf(sdk.dialect));
      return thrown(sdk.ask({ url: gateway.url(), model, way }));
    });
    await expectWaits(errors, 28, 30);
    expect(await each(errors, (sdk, error) => error.constructor === sdk.classOf(429))).toEqual(
      expected(() => true),
    );
  });
});
