/** When which key of the mock vendors is limited, and how each vendor says so. */

export const vendorNames = ['openai', 'anthropic', 'gemini'] as const;
export type VendorName = (typeof vendorNames)[number];

/** The secrets of the demo: three keys a vendor. */
export const keysOf = (vendor: VendorName): readonly string[] =>
  ['one', 'two', 'three'].map((name) => `demo-${vendor}-key-${name}`);

export type RateLimits = Readonly<{
  /** The vendor's own 429, or undefined when the request may pass. */
  refusal: (headers: Headers) => Response | undefined;
}>;

type Limit = Readonly<{ key: number; untilMs: number }>;

/** Each vendor limits its next key so often; the first ones soon after the start, one after the other. */
const everyMs = 15_000;
const firstAfterMs: Readonly<Record<VendorName, number>> = {
  openai: 1_000,
  anthropic: 3_000,
  gemini: 5_000,
};
const limitMs: Readonly<Record<VendorName, number>> = {
  openai: 6_000,
  anthropic: 5_000,
  gemini: 4_000,
};

const inSeconds = (ms: number) => String(Math.max(1, Math.ceil(ms / 1_000)));

/** What each vendor sends with a 429, as far as gateways read it. */
const answers: Readonly<Record<VendorName, (remainingMs: number) => Response>> = {
  openai: (remainingMs) =>
    Response.json(
      {
        error: {
          message: 'Rate limit reached for requests per minute (RPM): Limit 3, Used 3.',
          type: 'requests',
          param: null,
          code: 'rate_limit_exceeded',
        },
      },
      { status: 429, headers: { 'retry-after-ms': String(Math.ceil(remainingMs)) } },
    ),
  anthropic: (remainingMs) =>
    Response.json(
      {
        type: 'error',
        error: {
          type: 'rate_limit_error',
          message: 'This request would exceed the rate limit of your organization.',
        },
      },
      { status: 429, headers: { 'retry-after': inSeconds(remainingMs) } },
    ),
  gemini: (remainingMs) =>
    Response.json(
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota, please check your plan and billing details.',
          status: 'RESOURCE_EXHAUSTED',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.RetryInfo',
              retryDelay: `${inSeconds(remainingMs)}s`,
            },
          ],
        },
      },
      { status: 429 },
    ),
};

function secretIn(headers: Headers): string {
  const bearer = headers.get('authorization')?.replace(/^Bearer /, '');
  return bearer ?? headers.get('x-api-key') ?? headers.get('x-goog-api-key') ?? '';
}

export function createRateLimits(now: () => number): RateLimits {
  /** Of the first request: until then nobody watches. */
  let startedMs: number | undefined;

  /** The limit that a vendor has in force, if any: it follows from the time alone. */
  const inForce = (vendor: VendorName): Limit | undefined => {
    startedMs ??= now();
    const sinceMs = now() - startedMs - firstAfterMs[vendor];
    if (sinceMs < 0) return undefined;
    const round = Math.floor(sinceMs / everyMs);
    const untilMs = startedMs + firstAfterMs[vendor] + round * everyMs + limitMs[vendor];
    return untilMs > now() ? { key: round % keysOf(vendor).length, untilMs } : undefined;
  };

  return {
    refusal(headers) {
      const secret = secretIn(headers);
      const vendor = vendorNames.find((name) => keysOf(name).includes(secret));
      if (!vendor) return undefined;
      const limit = inForce(vendor);
      if (!limit || keysOf(vendor)[limit.key] !== secret) return undefined;
      return answers[vendor](limit.untilMs - now());
    },
  };
}
