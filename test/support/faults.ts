/** A gateway whose vendors break as a test says, with every official SDK as its client, and what came of it. */
import { expect } from 'bun:test';
import type { Limits } from '../../server/proxy/limits.ts';
import { allSpeakers, type Speaker } from './faultSpeakers.ts';
import { faultStream, wholeText } from './faultStreams.ts';
import type { Way } from './sdkAsking.ts';
import { answers } from './proxied.ts';
import { startSdkPlaces, type Place, type SdkPlaces } from './sdkPlaces.ts';
import { until } from './until.ts';
import type { Reply, Script } from './vendor.ts';

/** What one vendor does with the requests of one SDK; `heard` resolves once that gave its caller some text. */
export type Fault = (speaker: Speaker, heard: Promise<void>) => Script;

/** What came of one request, at both ends and in the log. */
export type Told = Readonly<{
  /** The class that the SDK threw; null where it was content. */
  threw: unknown;
  /** The HTTP status in it. */
  status: number | undefined;
  /** Its words. */
  message: string;
  /** What the SDK gave its caller of the text. */
  text: string;
  /** As /api/logs has it. */
  outcome: string;
  /** How often the first vendor was asked, and the second. */
  asked: number;
  spare: number;
  /** Attempts in the log. */
  tries: number;
  tookMs: number;
  log: LoggedRequest;
}>;

export type LoggedRequest = Readonly<{
  outcome: string;
  status: number;
  provider: string;
  model: string;
  usage: unknown;
  attempts: readonly Readonly<{ provider: string; rule_id: string; status: number }>[];
}>;

export type ByName<Value> = Record<string, Value>;

export type Bench = SdkPlaces &
  Readonly<{
    /** One target, with one key. */
    single: (fault: Fault, only?: readonly Speaker[]) => Promise<ByName<Told>>;
    /** A route with a second target, which answers well unless it is said. */
    second: (fault: Fault, more?: Second) => Promise<ByName<Told>>;
    /** A model that leads to such a route. */
    route: (speaker: Speaker, fault: Fault, more?: Second) => Promise<Targets>;
  }>;

type Second = Readonly<{
  spare?: Fault;
  /** Further fields of the route. */
  route?: object;
  /** Tokens that fit into the targets. */
  room?: readonly [number, number];
  only?: readonly Speaker[];
}>;

type Targets = Readonly<{ model: string; first: Place; other?: Place }>;

export const well: Fault = (speaker) => (_request, reply) =>
  reply.stream(faultStream(speaker.kind, 'second').whole);

export const wellPlain: Fault =
  ({ dialect }) =>
  (_request, reply) =>
    reply.json(200, answers[dialect]);

/** Each request takes the next; the last one stays. */
export const inTurn =
  (...faults: Fault[]): Fault =>
  (speaker, heard) => {
    const scripts = faults.map((fault) => fault(speaker, heard));
    let turn = 0;
    return (request, reply) => scripts[Math.min(turn++, scripts.length - 1)]?.(request, reply);
  };

/** Ends the connection in the middle, once what was written is sent. */
export const thenCut = async (reply: Reply, text: string): Promise<void> => {
  reply.begin();
  await reply.chunk(text);
  reply.cut();
};

type Options = Readonly<{
  limits?: Partial<Limits>;
  env?: Readonly<Record<string, string>>;
  /** How the SDKs ask; for a stream unless it is said. */
  way?: Way;
}>;

export async function startFaults({
  limits = {},
  env = {},
  way = 'stream',
}: Options = {}): Promise<Bench> {
  const places = await startSdkPlaces({
    env,
    limits: { firstEventMs: 2_000, plainMs: 4_000, stallMs: 400, waitMs: 3_000, ...limits },
  });
  const { api } = places;

  const logOf = async (providers: readonly string[]): Promise<LoggedRequest> => {
    let found: LoggedRequest | undefined;
    await until(`a request at ${providers.join(' or ')} is logged`, async () => {
      for (const provider of providers) {
        const { json } = await api('GET', `/api/logs?provider=${provider}`);
        found ??= json?.data?.[0];
      }
      return found !== undefined;
    });
    if (!found) throw new Error(`no request at ${providers.join(' or ')} is in the log`);
    return found;
  };

  const told = async (
    speaker: Speaker,
    hear: () => void,
    { model, first, other }: Targets,
  ): Promise<Told> => {
    let text = '';
    let error: Error | null = null;
    const startedMs = performance.now();
    try {
      const onText = (piece: string) => {
        text += piece;
        if (text !== '') hear();
      };
      await speaker.ask({ url: places.url(), model, way, onText });
    } catch (thrown) {
      error = thrown as Error;
    }
    const tookMs = performance.now() - startedMs;
    const log = await logOf([first.provider, ...(other ? [other.provider] : [])]);
    return {
      threw: error?.constructor ?? null,
      status: (error as { status?: number } | null)?.status,
      message: error?.message ?? '',
      text,
      outcome: log.outcome,
      asked: first.arrived().length,
      spare: other?.arrived().length ?? 0,
      tries: log.attempts.length,
      tookMs,
      log,
    };
  };

  const ofAll = async (
    prepare: (speaker: Speaker, heard: Promise<void>) => Promise<Targets>,
    only: readonly Speaker[] = allSpeakers,
  ): Promise<ByName<Told>> => {
    const results = await Promise.all(
      only.map(async (speaker) => {
        const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
        return [speaker.name, await told(speaker, hear, await prepare(speaker, heard))] as const;
      }),
    );
    return Object.fromEntries(results);
  };

  const routeTo = async (
    speaker: Speaker,
    heard: Promise<void>,
    fault: Fault,
    { spare = way === 'plain' ? wellPlain : well, route: more, room }: Second,
  ): Promise<Targets> => {
    const first = await places.place(speaker.dialect, fault(speaker, heard), 1);
    const other = await places.place(speaker.dialect, spare(speaker, heard), 1);
    const name = `route-${first.provider}`;
    const targets = [first, other].map(({ provider }, at) => ({
      provider,
      model: at === 0 ? 'some-model' : 'spare-model',
      ...(room && { context_length: room[at] }),
    }));
    const { status, text } = await api('POST', '/api/models', { name, targets, ...more });
    if (status !== 201) throw new Error(`POST /api/models: ${status} ${text}`);
    return { model: name, first, other };
  };

  return {
    ...places,
    route: (speaker, fault, more = {}) => routeTo(speaker, Promise.resolve(), fault, more),
    single: (fault, only) =>
      ofAll(async (speaker, heard) => {
        const first = await places.place(speaker.dialect, fault(speaker, heard), 1);
        return { model: first.model, first };
      }, only),
    second: (fault, more = {}) =>
      ofAll((speaker, heard) => routeTo(speaker, heard, fault, more), more.only),
  };
}

export type Expected = Partial<Omit<Told, 'threw' | 'log'>> &
  Readonly<{
    /** Missing for no error, a status for its class, `stream` for an error inside the stream, else the class. */
    threw?: number | 'stream' | typeof Error;
  }>;

/** Every SDK was told what the test says, in its own terms; nothing else is looked at. */
export function expectTold(
  told: ByName<Told>,
  of: Expected | ((speaker: Speaker) => Expected),
): void {
  const wanted: ByName<unknown> = {};
  const got: ByName<unknown> = {};
  for (const speaker of allSpeakers) {
    const one = told[speaker.name];
    if (!one) continue;
    const { threw, ...rest } = typeof of === 'function' ? of(speaker) : of;
    const fields = { ...rest, threw: classIn(speaker, threw) };
    wanted[speaker.name] = fields;
    got[speaker.name] = Object.fromEntries(
      Object.keys(fields).map((field) => [field, one[field as keyof Told]]),
    );
  }
  expect(got).toEqual(wanted);
}

function classIn(speaker: Speaker, threw: Expected['threw']): unknown {
  if (threw === undefined) return null;
  if (typeof threw === 'number') return speaker.classOf(threw);
  return threw === 'stream' ? speaker.inStream : threw;
}

/** The whole answer, and no error. */
export const rescued = (more: Expected = {}): Expected => ({
  text: wholeText,
  outcome: 'completed',
  ...more,
});
