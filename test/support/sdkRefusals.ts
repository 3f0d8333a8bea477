/** The gateway's own refusals as the official SDKs show them. */
import { expect } from 'bun:test';
import type { SdkVersion } from './sdkAsking.ts';
import { expected, ofAll, toldBy, type SdkError } from './sdkTables.ts';
import type { Dialect } from './proxied.ts';

const idOfOurs = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);

/** What every refusal shows, with the id under which it is in the log. */
export const shown = (sdk: SdkVersion, error: SdkError) => {
  const { code, type } = toldBy(sdk, error);
  return { class: error.constructor, status: error.status, code, type, id: sdk.requestIdOf(error) };
};
export const refusal = (
  status: number,
  code: string,
  types: Readonly<Record<Dialect, string>>,
): Record<string, unknown> =>
  expected((sdk) => ({
    class: sdk.classOf(status),
    status,
    code,
    type: types[sdk.dialect],
    id: sdk.dialect === 'gemini' ? null : idOfOurs,
  }));

/** Of each kind of refusal, in each dialect. */
export const types = {
  notAllowed: {
    openai: 'invalid_request_error',
    anthropic: 'permission_error',
    gemini: 'PERMISSION_DENIED',
  },
  unknown: {
    openai: 'invalid_request_error',
    anthropic: 'authentication_error',
    gemini: 'UNAUTHENTICATED',
  },
  limited: {
    openai: 'rate_limit_error',
    anthropic: 'rate_limit_error',
    gemini: 'RESOURCE_EXHAUSTED',
  },
  away: { openai: 'server_error', anthropic: 'api_error', gemini: 'UNAVAILABLE' },
  wrong: {
    openai: 'invalid_request_error',
    anthropic: 'invalid_request_error',
    gemini: 'INVALID_ARGUMENT',
  },
} as const;

/** The same errors once more, under the same names. */
export const each = (
  errors: Record<string, unknown>,
  look: (sdk: SdkVersion, error: SdkError) => unknown,
) => ofAll(async (sdk, way) => look(sdk, errors[`${sdk.name}, ${way}`] as SdkError));

/** What an SDK shows of a wait, in whole seconds; Google's shows no headers, its waits are in the body. */
function waitSeconds(sdk: SdkVersion, error: SdkError): number[] {
  if (sdk.dialect === 'gemini')
    return [Math.ceil(Number.parseFloat(String(toldBy(sdk, error).retryDelay)))];
  const { headers } = error;
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  return [Number(headers?.get('retry-after') ?? Number.NaN), Math.ceil(ms / 1_000)];
}

/** Every SDK is told to wait so long, and none is told not to try again. */
export async function expectWaits(
  errors: Record<string, unknown>,
  fromSeconds: number,
  toSeconds: number,
): Promise<void> {
  const waits = await each(errors, (sdk, error) => ({
    isRight: waitSeconds(sdk, error).every((wait) => wait >= fromSeconds && wait <= toSeconds),
    shouldRetry: error.headers?.get('x-should-retry') ?? null,
  }));
  expect(waits).toEqual(expected(() => ({ isRight: true, shouldRetry: null })));
}
