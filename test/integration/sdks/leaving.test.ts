/** Callers that leave, that lose patience, and many of them at once, with every official SDK. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { finishedRequests } from '../../support/factsOf.ts';
import { thrown } from '../../support/officialSdks.ts';
import { answers, type Dialect } from '../../support/proxied.ts';
import { sdks, type SdkVersion } from '../../support/sdkAsking.ts';
import { startSdkPlaces, type Place } from '../../support/sdkPlaces.ts';
import { expected, ofAll } from '../../support/sdkTables.ts';
import { streamOf } from '../../support/shortStreams.ts';
import { until } from '../../support/until.ts';
import type { Script } from '../../support/vendor.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const gateway = stoppedAfterAll(startSdkPlaces);

const silent: Script = () => {};

/** Says something, and then nothing more. */
const halting =
  (dialect: Dialect): Script =>
  async (_request, reply) => {
    const { whole } = streamOf(dialect);
    reply.begin();
    await reply.chunk(whole.slice(0, whole.indexOf('🚀') + 200));
  };

/** How long after `leftMs` the vendor's side of it was closed. */
const closedAfterMs = async (place: Place, leftMs: number): Promise<number> => {
  const closed = await Promise.all(place.arrived().map((arrived) => arrived.closed));
  return Math.max(...closed) - leftMs;
};

/** What the log says of the one request for each of these places, once it says it of all. */
async function outcomesOf(places: readonly Place[]): Promise<unknown[]> {
  let outcomes: unknown[] = [];
  await until('all are recorded', async () => {
    const finished = await finishedRequests(gateway);
    const of = new Map(finished.map(({ data }) => [data.provider, data.outcome]));
    outcomes = places.map(({ provider }) => of.get(provider)).filter((one) => one !== undefined);
    return outcomes.length === places.length;
  });
  return [...new Set(outcomes)];
}

const placeOf = async (places: Place[], sdk: SdkVersion, script: Script): Promise<Place> => {
  const place = await gateway.place(sdk.dialect, script);
  places.push(place);
  return place;
};

const isSoon = (ms: number): boolean | number => (ms < 1_000 ? true : ms);

describe('A caller that aborts', () => {
  test('before the first byte is told so, and the vendor is left within a second', async () => {
    const places: Place[] = [];
    const got = await ofAll(async (sdk, way) => {
      const place = await placeOf(places, sdk, silent);
      const leave = new AbortController();
      const { model } = place;
      const asked = thrown(sdk.ask({ url: gateway.url(), model, way, signal: leave.signal }));
      await until('the vendor has it', () => place.arrived().length === 1);
      const leftMs = Date.now();
      leave.abort();
      const error = (await asked) as Error;
      const soon = isSoon(await closedAfterMs(place, leftMs));
      return { class: error.constructor, soon, asked: place.arrived().length };
    });
    expect(got).toEqual(expected((sdk) => ({ class: sdk.aborted, soon: true, asked: 1 })));
    expect(await outcomesOf(places)).toEqual(['cancelled']);
  });

  test('in the middle of a stream leaves the vendor within a second, and is recorded so', async () => {
    const places: Place[] = [];
    const got = await ofAll(async (sdk) => {
      const place = await placeOf(places, sdk, halting(sdk.dialect));
      const leave = new AbortController();
      let leftMs = 0;
      const asking = sdk.ask({
        url: gateway.url(),
        model: place.model,
        way: 'stream',
        signal: leave.signal,
        onText(text) {
          if (text === '') return;
          leftMs = Date.now();
          leave.abort();
        },
      });
      // OpenAI's and Anthropic's end such a stream without a word.
      await asking.catch(() => '');
      const soon = isSoon(await closedAfterMs(place, leftMs));
      return { soon, asked: place.arrived().length };
    });
    expect(got).toEqual(expected(() => ({ soon: true, asked: 1 })));
    expect(await outcomesOf(places)).toEqual(['cancelled']);
  });
});

describe('An SDK that loses patience', () => {
  test('says so, and the vendor is left within a second', async () => {
    const timeoutMs = 400;
    const places: Place[] = [];
    const got = await ofAll(async (sdk, way) => {
      const place = await placeOf(places, sdk, silent);
      const { model } = place;
      const error = (await thrown(sdk.ask({ url: gateway.url(), model, way, timeoutMs }))) as Error;
      const soon = isSoon(await closedAfterMs(place, Date.now()));
      return { class: error.constructor, soon, asked: place.arrived().length };
    });
    expect(got).toEqual(expected((sdk) => ({ class: sdk.timedOut, soon: true, asked: 1 })));
    expect(await outcomesOf(places)).toEqual(['cancelled']);
  });
});

describe('Many at once', () => {
  /** Says in its own dialect what it was asked. */
  const echo =
    (dialect: Dialect): Script =>
    async ({ body, path }, reply) => {
      const asked = /say-\d+/.exec(body.toString())?.[0] ?? 'nothing';
      const isStream = path.includes('stream') || body.includes('"stream":true');
      if (!isStream)
        return reply.json(
          200,
          JSON.parse(JSON.stringify(answers[dialect]).replace('Hello', asked)),
        );
      return reply.stream(streamOf(dialect).whole.replace('Grüße 🚀', asked));
    };

  test('each get their own answer, whole, whichever connection it came on', async () => {
    const places = new Map<SdkVersion, Place>();
    for (const sdk of sdks) places.set(sdk, await gateway.place(sdk.dialect, echo(sdk.dialect), 3));
    const askOne = async (number: number) => {
      const sdk = sdks[number % sdks.length];
      const model = sdk && places.get(sdk)?.model;
      if (!sdk || model === undefined) throw new Error('there is no such place');
      const way = number % 4 < 2 ? 'plain' : 'stream';
      const text = `say-${number}`;
      const said = await sdk.ask({ url: gateway.url(), model, way, text });
      return said.split(' ')[0]?.replace('!', '') === text;
    };
    const right = await Promise.all(Array.from({ length: 600 }, (_, number) => askOne(number)));
    expect(right.filter((isRight) => !isRight)).toEqual([]);
  });
});
