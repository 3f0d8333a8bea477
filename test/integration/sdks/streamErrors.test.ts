/** Streams that end in an error, whoever says it: every official SDK throws it after the text that came before. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { finishedRequests } from '../../support/factsOf.ts';
import { thrown } from '../../support/officialSdks.ts';
import type { Dialect } from '../../support/proxied.ts';
import { sdks, type SdkVersion } from '../../support/sdkAsking.ts';
import { startSdkPlaces, type SdkPlaces } from '../../support/sdkPlaces.ts';
import type { ByName } from '../../support/sdkTables.ts';
import { streamOf } from '../../support/shortStreams.ts';
import { until } from '../../support/until.ts';
import type { Script } from '../../support/vendor.ts';
import { errorBody, wordsOf } from '../../support/vendorErrors.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const gateway = stoppedAfterAll(startSdkPlaces);

const blank = (dialect: Dialect) => (dialect === 'gemini' ? '\r\n\r\n' : '\n\n');

/** All events up to the first one with text in it. */
function opening(dialect: Dialect): string {
  const { whole } = streamOf(dialect);
  const end = blank(dialect);
  return whole.slice(0, whole.indexOf(end, whole.indexOf('🚀')) + end.length);
}

/** As each vendor tells that it breaks off. */
function vendorsError(dialect: Dialect): string {
  const name = dialect === 'anthropic' ? 'event: error\n' : '';
  return `${name}data: ${JSON.stringify(errorBody(dialect, 503))}${blank(dialect)}`;
}

type Ended = Readonly<{ said: string; error: Error; provider: string }>;

/** @param scriptOf told when the client has heard something: what breaks before that is asked again. */
async function endOf(
  sdk: SdkVersion,
  place: SdkPlaces,
  scriptOf: (heard: Promise<void>) => Script,
): Promise<Ended> {
  const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
  const { model, provider } = await place.place(sdk.dialect, scriptOf(heard));
  let said = '';
  const onText = (text: string) => {
    said += text;
    hear();
  };
  const error = await thrown(sdk.ask({ url: place.url(), model, way: 'stream', onText }));
  return { said, error: error as Error, provider };
}

/** What the log says, in the order of the SDKs. */
async function outcomesOf(ended: readonly Ended[]): Promise<unknown[]> {
  let outcomes: unknown[] = [];
  await until('all are recorded', async () => {
    const finished = await finishedRequests(gateway);
    outcomes = ended.map(
      ({ provider }) => finished.find(({ data }) => data.provider === provider)?.data.outcome,
    );
    return !outcomes.includes(undefined);
  });
  return outcomes;
}

const seen = (ended: readonly Ended[], words: string): ByName =>
  Object.fromEntries(
    ended.map(({ said, error }, at) => [
      sdks[at]?.name ?? '',
      [said, error.constructor, error.message.includes(words) ? words : error.message],
    ]),
  );
const told = (words: string): ByName =>
  Object.fromEntries(sdks.map((sdk) => [sdk.name, ['Grüße 🚀', sdk.classOf(0), words]]));

describe('After text that has come, an error', () => {
  test('of the vendor is thrown in its own words, and recorded as a failure', async () => {
    const ended = await Promise.all(
      sdks.map((sdk) =>
        endOf(sdk, gateway, (heard) => async (_request, reply) => {
          reply.begin();
          await reply.chunk(opening(sdk.dialect));
          await heard;
          await reply.chunk(vendorsError(sdk.dialect));
          reply.end();
        }),
      ),
    );
    expect(seen(ended, wordsOf(503))).toEqual(told(wordsOf(503)));
    expect(await outcomesOf(ended)).toEqual(sdks.map(() => 'failed'));
  });

  test.each([
    [
      'connection that is cut',
      async (dialect: Dialect, reply: Parameters<Script>[1]) => {
        reply.begin();
        await reply.chunk(opening(dialect));
        reply.cut();
      },
    ],
    [
      'stream that ends too early',
      (dialect: Dialect, reply: Parameters<Script>[1]) => reply.stream(opening(dialect)),
    ],
  ] as const)('for a %s is the gateway’s, and never a success', async (_what, breaks) => {
    const words = "The provider's answer is not complete";
    const ended = await Promise.all(
      sdks.map((sdk) => endOf(sdk, gateway, () => (_request, reply) => breaks(sdk.dialect, reply))),
    );
    expect(seen(ended, words)).toEqual(told(words));
    expect(await outcomesOf(ended)).toEqual(sdks.map(() => 'truncated'));
  });
});

describe('A gateway that is stopped', () => {
  test('tells every SDK what it could not finish', async () => {
    const stopping = await startSdkPlaces({ limits: { drainMs: 200, drainGraceMs: 0 } });
    let arrived = 0;
    const never: Script = () => void (arrived += 1);
    const begun =
      (dialect: Dialect): Script =>
      async (_request, reply) => {
        reply.begin();
        await reply.chunk(opening(dialect));
        arrived += 1;
      };
    const plain = sdks.map(async (sdk) => {
      const { model } = await stopping.place(sdk.dialect, never);
      return (await thrown(sdk.ask({ url: stopping.url(), model }))) as Error;
    });
    const streams = sdks.map((sdk) => endOf(sdk, stopping, () => begun(sdk.dialect)));
    await until('all are under way', () => arrived === sdks.length * 2);
    const stopped = stopping.stop();
    const told503 = Object.fromEntries(sdks.map((sdk) => [sdk.name, sdk.classOf(503)]));
    const classes = (await Promise.all(plain)).map((error, at) => [
      sdks[at]?.name,
      error.message.includes('being stopped') && error.constructor,
    ]);
    expect<ByName>(Object.fromEntries(classes)).toEqual(told503);
    const words = 'the gateway is being stopped';
    expect(seen(await Promise.all(streams), words)).toEqual(told(words));
    await stopped;
  });
});
