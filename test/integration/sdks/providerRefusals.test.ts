/** What each official SDK makes of a provider that cannot be asked. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { thrown } from '../../support/officialSdks.ts';
import type { SdkVersion, Way } from '../../support/sdkAsking.ts';
import { startSdkPlaces } from '../../support/sdkPlaces.ts';
import { each, expectWaits, refusal, shown, types } from '../../support/sdkRefusals.ts';
import { expected, ofAll, type SdkError } from '../../support/sdkTables.ts';
import { answersWell } from '../../support/proxied.ts';
import { saysError } from '../../support/vendorErrors.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const gateway = stoppedAfterAll(startSdkPlaces);

const oneOf = async (sdk: SdkVersion, way: Way, asking: { model?: string }) =>
  (await thrown(sdk.ask({ url: gateway.url(), way, ...asking }))) as SdkError;

describe('A provider', () => {
  test('without a key is away, and nobody is to try again', async () => {
    const errors = await ofAll(async (sdk, way) => {
      const { model } = await gateway.place(sdk.dialect, answersWell, 0);
      return oneOf(sdk, way, { model });
    });
    expect(await each(errors, shown)).toEqual(refusal(503, 'no_provider_key', types.away));
    const retry = await each(errors, (_sdk, { headers }) => headers?.get('x-should-retry'));
    expect(retry).toEqual(expected(({ dialect }) => (dialect === 'gemini' ? undefined : 'false')));
  });

  test('all of whose keys rest says when the first wakes', async () => {
    const errors = await ofAll(async (sdk, way) => {
      const says = saysError(sdk.dialect, 429, { 'retry-after': '30' });
      const { model } = await gateway.place(sdk.dialect, says);
      return oneOf(sdk, way, { model });
    });
    expect(await each(errors, shown)).toEqual(refusal(429, 'all_keys_resting', types.limited));
    await expectWaits(errors, 28, 30);
  });

  test('whose breaker is open is left alone, and when it is asked again is said', async () => {
    const errors = await ofAll(async (sdk, way) => {
      const { model, arrived } = await gateway.place(sdk.dialect, saysError(sdk.dialect, 500));
      await oneOf(sdk, way, { model });
      await oneOf(sdk, way, { model });
      const asked = arrived().length;
      const error = await oneOf(sdk, way, { model });
      expect(arrived()).toHaveLength(asked);
      return error;
    });
    expect(await each(errors, shown)).toEqual(refusal(503, 'provider_unavailable', types.away));
    await expectWaits(errors, 1, 6);
  });

  test('that was removed, with all others of its dialect, is not found', async () => {
    for (const id of ['openai', 'anthropic', 'gemini'])
      expect((await gateway.api('DELETE', `/api/providers/${id}`)).status).toBeLessThan(300);
    const got = await ofAll(async (sdk, way) => shown(sdk, await oneOf(sdk, way, {})));
    expect(got).toEqual(
      refusal(404, 'provider_not_found', {
        openai: 'invalid_request_error',
        anthropic: 'not_found_error',
        gemini: 'NOT_FOUND',
      }),
    );
  });
});
