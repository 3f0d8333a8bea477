/** Recording of requests and answers: for whom, into the store, and out of it again. */
import type { BodyPart, BodyStore } from '../../events/bodies.ts';
import type { EventLog } from '../../events/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { Vault } from '../vault.ts';
import { createCollector, jsonPart, partOf } from './collect.ts';
import { createDayKeys } from './dayKeys.ts';
import { dayOfSealed, openPart, type RecordedPart } from './seal.ts';
import { createBodyWriter } from './writer.ts';

export type RecordedBodies = Readonly<{
  request: RecordedPart | undefined;
  response: RecordedPart | undefined;
}>;

export type Bodies = Readonly<{
  /** Whether a request is recorded whose client, or whose route, wants that or does not say. */
  areWanted(byClient: boolean | undefined, byRoute: boolean | undefined): boolean;
  /** Whether what a tool is called with and answers is recorded, for a client that wants that or does not say. */
  areCallsWanted(byClient: boolean | undefined): boolean;
  /** Records the JSON of a call, and of its answer where there was one; never waits. */
  keepCall(id: string, request: Uint8Array, response: Uint8Array | null): void;
  /** The same answer, recorded with its request while it passes. `isWhole` when nothing of it is still to come. */
  record(
    response: Response,
    isWhole: boolean,
    asked: Readonly<{ id: string; headers: Headers; body: Uint8Array | null }>,
  ): Promise<Response>;
  /** `aged-out` when they are there and no key opens them any more. @throws {LogUnavailable} */
  read(requestId: string): Promise<RecordedBodies | 'nothing' | 'aged-out'>;
  /** Requests recorded since the start, and those that could not be. */
  stats(): Readonly<{ recorded: number; dropped: number }>;
  /** Writes what waits, and ends; may be called twice. */
  stop(): Promise<void>;
}>;

export type BodiesOptions = Readonly<{
  settings: Pick<Settings, 'values' | 'onChange'>;
  store: BodyStore;
  vault: Pick<Vault, 'put' | 'open' | 'erase' | 'list'>;
  log: Pick<EventLog, 'isConnected'>;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const dayMs = 24 * 3_600_000;
const ageOutEveryMs = 3_600_000;
const noBytes = new Uint8Array();

export const keepMsOf = ({ values }: Pick<Settings, 'values'>): number =>
  values.recordingDays * dayMs;

export function createBodies(options: BodiesOptions): Bodies {
  const { settings, store, vault, log, now, onError } = options;
  const { values } = settings;
  const dayKeys = createDayKeys(vault, now);
  const writer = createBodyWriter({ store, dayKeys, log, onError });
  const collector = createCollector();

  const ageOut = async () => {
    const keepMs = keepMsOf(settings);
    await store.keepFor(keepMs);
    await dayKeys.eraseOlder(keepMs);
  };
  const ageOutSoon = () => {
    ageOut().catch((error: unknown) => onError(error, 'ageing out recorded bodies'));
  };
  const timer = setInterval(ageOutSoon, ageOutEveryMs);
  const unsubscribe = settings.onChange('recordingDays', ageOutSoon);
  ageOutSoon();

  const open = async (
    requestId: string,
    part: BodyPart,
    sealed: Uint8Array | undefined,
  ): Promise<RecordedPart | undefined> => {
    const day = sealed && dayOfSealed(sealed);
    const key = day && (await dayKeys.of(day));
    return sealed && key ? openPart(key, requestId, part, sealed) : undefined;
  };

  const end = async () => {
    clearInterval(timer);
    unsubscribe();
    await writer.flush();
  };
  let ending: Promise<void> | undefined;

  return {
    areWanted: (byClient = false, byRoute = false) => values.recordBodies || byClient || byRoute,
    areCallsWanted: (byClient = false) => values.recordToolCalls || byClient,
    keepCall: (id, request, response) =>
      writer.add({ id, request: jsonPart(request), response: jsonPart(response ?? noBytes) }),
    record(response, isWhole, { id, headers, body }) {
      const request = partOf(body ?? noBytes, headers);
      return collector.collect(response, isWhole, (answer) =>
        writer.add({ id, request, response: answer }),
      );
    },
    async read(requestId) {
      const [request, response] = await Promise.all([
        store.get(requestId, 'request'),
        store.get(requestId, 'response'),
      ]);
      if (!request && !response) return 'nothing';
      const opened = {
        request: await open(requestId, 'request', request),
        response: await open(requestId, 'response', response),
      };
      return opened.request || opened.response ? opened : 'aged-out';
    },
    stats: writer.stats,
    stop: () => (ending ??= end()),
  };
}
