/** What each official SDK, in this major and the last, throws for each error of a vendor behind the gateway. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { thrown } from '../../support/officialSdks.ts';
import { startSdkPlaces } from '../../support/sdkPlaces.ts';
import { sdks, sdksAndWays, ways, type SdkVersion, type Way } from '../../support/sdkAsking.ts';
import { expected, ofAll, toldBy, type SdkError } from '../../support/sdkTables.ts';
import type { Script } from '../../support/vendor.ts';
import { saysError, typeOf, vendorRequestId, wordsOf } from '../../support/vendorErrors.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const gateway = stoppedAfterAll(startSdkPlaces);

type Seen = Readonly<{ error: SdkError; asked: number; model: string }>;

async function seenBy(sdk: SdkVersion, way: Way, script: Script): Promise<Seen> {
  const { model, arrived } = await gateway.place(sdk.dialect, script);
  const error = await thrown(sdk.ask({ url: gateway.url(), model, way }));
  return { error: error as SdkError, asked: arrived().length, model };
}

const said = (sdk: SdkVersion, error: SdkError) => {
  const { type, words } = toldBy(sdk, error);
  return { type, words };
};

describe("The vendor's own answer is thrown, in its class and its words, after", () => {
  // Two keys: a caller's fault asks one; a provider's is tried three times.
  const rows = [
    [400, 1],
    [404, 1],
    [408, 3],
    [409, 1],
    [413, 1],
    [422, 1],
    [500, 3],
    [502, 3],
    [503, 3],
    [504, 3],
    [529, 3],
  ] as const;
  test.each(rows)('%d, for which the vendor is asked %d times', async (status, asked) => {
    const got = await ofAll(async (sdk, way) => {
      const seen = await seenBy(sdk, way, saysError(sdk.dialect, status));
      const { error } = seen;
      return {
        class: error.constructor,
        status: error.status,
        asked: seen.asked,
        requestId: sdk.requestIdOf(error),
        shouldRetry: error.headers?.get('x-should-retry') ?? null,
        ...said(sdk, error),
      };
    });
    expect(got).toEqual(
      expected((sdk) => ({
        class: sdk.classOf(status),
        status,
        asked,
        requestId: sdk.dialect === 'gemini' ? null : vendorRequestId,
        // The gateway has tried what could be tried; Google's SDK shows no headers.
        shouldRetry: asked > 1 && sdk.dialect !== 'gemini' ? 'false' : null,
        type: typeOf(sdk.dialect, status),
        words: wordsOf(status),
      })),
    );
  });

  test('403, for which a key without the right is passed over', async () => {
    const got = await ofAll(async (sdk, way) => {
      const { error, asked } = await seenBy(sdk, way, saysError(sdk.dialect, 403));
      return { class: error.constructor, asked, ...said(sdk, error) };
    });
    expect(got).toEqual(
      expected((sdk) => ({
        class: sdk.classOf(403),
        // OpenAI's has no type that says whose right is missing.
        asked: sdk.dialect === 'openai' ? 1 : 2,
        type: typeOf(sdk.dialect, 403),
        words: wordsOf(403),
      })),
    );
  });
});

describe('The gateway speaks for itself, under the class of its own status, after', () => {
  const own = (sdk: SdkVersion, { error, asked, model }: Seen) => ({
    class: error.constructor,
    status: error.status,
    asked,
    tellsVendorsWords: error.message.includes('What the vendor says'),
    namesProvider: error.message.includes(model.split('/')[0] ?? model),
    requestId: sdk.requestIdOf(error) ?? 'none',
    shouldRetry: error.headers?.get('x-should-retry') ?? null,
  });

  test('401: its key is refused, and the client is not to blame', async () => {
    const got = await ofAll(async (sdk, way) =>
      own(sdk, await seenBy(sdk, way, saysError(sdk.dialect, 401))),
    );
    expect(got).toEqual(
      expected((sdk) => ({
        class: sdk.classOf(503),
        status: 503,
        asked: 2,
        tellsVendorsWords: false,
        namesProvider: true,
        requestId: sdk.dialect === 'gemini' ? 'none' : expect.stringMatching(/^[0-9a-f-]{36}$/),
        shouldRetry: sdk.dialect === 'gemini' ? null : 'false',
      })),
    );
  });

  test('402: no key has money left, and nobody is to wait an hour for it', async () => {
    const got = await ofAll(async (sdk, way) =>
      own(sdk, await seenBy(sdk, way, saysError(sdk.dialect, 402))),
    );
    expect(got).toEqual(
      expected((sdk) => ({
        class: sdk.classOf(429),
        status: 429,
        asked: 2,
        tellsVendorsWords: false,
        namesProvider: true,
        requestId: sdk.dialect === 'gemini' ? 'none' : expect.stringMatching(/^[0-9a-f-]{36}$/),
        shouldRetry: sdk.dialect === 'gemini' ? null : 'false',
      })),
    );
  });
});

describe('An error body that is', () => {
  const cases: readonly [string, Script, string][] = [
    [
      'a page of HTML',
      (_request, reply) =>
        reply.send(502, '<html><title>502 Bad Gateway</title></html>', {
          'content-type': 'text/html',
        }),
      '502 Bad Gateway',
    ],
    [
      'packed',
      (_request, reply) =>
        reply.send(422, gzipSync(JSON.stringify({ error: { message: 'Unpacked' } })), {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        }),
      'Unpacked',
    ],
    [
      'sent in chunks',
      async (_request, reply) => {
        reply.begin(404, { 'content-type': 'application/json' });
        await reply.chunk('{"error":{"mess');
        await reply.chunk('age":"In two"}}');
        reply.end();
      },
      'In two',
    ],
    [
      'JSON and called so with a charset',
      (_request, reply) =>
        reply.send(400, '{"error":{"message":"Grüße"}}', {
          'content-type': 'application/json; charset=utf-8',
        }),
      'Grüße',
    ],
  ];
  test.each(cases)('%s reaches the caller in every SDK', async (_what, script, words) => {
    const got = await ofAll(async (sdk, way) => {
      const { error } = await seenBy(sdk, way, script);
      return [error.constructor === sdk.classOf(error.status ?? 0), error.message.includes(words)];
    });
    expect(got).toEqual(expected(() => [true, true]));
  });

  test('missing is an error all the same', async () => {
    const got = await ofAll(async (sdk, way) => {
      const empty: Script = (_request, reply) => reply.send(500, '');
      const { error } = await seenBy(sdk, way, empty);
      return [error.constructor, error.status];
    });
    expect(got).toEqual(expected((sdk) => [sdk.classOf(500), 500]));
  });
});

describe('A vendor that cannot be reached is', () => {
  test('a 502 of the gateway, with an id to ask its operator about', async () => {
    const got = await ofAll(async (sdk, way) => {
      const { error, asked } = await seenBy(sdk, way, (_request, reply) => reply.reset());
      const id = sdk.requestIdOf(error) ?? 'none';
      // What breaks on a connection that was used before is sent once more on a new one.
      const tries = asked >= 3 && asked <= 6 ? 'three' : asked;
      return { class: error.constructor, status: error.status, tries, hasId: id.length === 36 };
    });
    expect(got).toEqual(
      expected((sdk) => ({
        class: sdk.classOf(502),
        status: 502,
        tries: 'three',
        hasId: sdk.dialect !== 'gemini',
      })),
    );
  });
});

test('Every SDK was asked in both ways', () => {
  expect(sdksAndWays).toHaveLength(sdks.length * ways.length);
  expect(sdks.map(({ name }) => name)).toEqual([
    'openai 7',
    'openai 6',
    'anthropic 1',
    'anthropic 0',
    'genai 3',
    'genai 2',
  ]);
});
