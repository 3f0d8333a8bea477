/** Webhooks: who is told what. Events are shared among the gateways, so each is told by one of them. */
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { newEventId, type ActorId } from '../../events/ids.ts';
import type { EventLog, Tail } from '../../events/log.ts';
import type { ControlSharing, Settled } from '../../events/shareControl.ts';
import type { Settings } from '../settings/settings.ts';
import { createDeliveries, pauseAfter, type Deliveries } from './attempts.ts';
import { isTold, readerOf, readerPrefix, type Endpoint } from './endpoint.ts';
import { watchLog } from './logWatch.ts';
import { noticedKinds, noticeOf, type Notice, type NoticeType } from './notices.ts';
import type { Post, Posted } from './post.ts';

export type WebhookView = Endpoint & ReturnType<Deliveries['stats']>;

export type Webhooks = Readonly<{
  /** As this process saw them. */
  view(): WebhookView[];
  /** Tells it once that this is a test; undefined when no webhook has this address. */
  test(url: string): Promise<Posted | undefined>;
  /** What signs the notices to this address; undefined when no webhook has it. */
  secretOf(url: string): string | undefined;
  /** Waits for what is being told now; what waits for another try is told by the next gateway. May be called twice. */
  stop(): Promise<void>;
}>;

export type WebhooksOptions = Readonly<{
  settings: Pick<Settings, 'values' | 'onChange'>;
  sharing: ControlSharing;
  runtime: Pick<Runtime, 'of'>;
  log: Pick<EventLog, 'onConnection'>;
  post: Post;
  secretOf: (url: string) => string;
  gatewayId: string;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

type Running = Readonly<{ endpoint: Endpoint; deliveries: Deliveries; tail: Tail }>;

/** Notices about the log that wait for another try; they live in memory only. */
const waitingAtMost = 1_000;
const againMs = 5_000;

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { settings, sharing, runtime, log, post, gatewayId, now, onError } = options;
  const providerKeys = runtime.of(providerKeyKind);
  const running = new Map<string, Running>();
  const waiting = new Set<ReturnType<typeof setTimeout>>();
  let ends: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  const keyNames = (id: ActorId) => providerKeys.get(id)?.state.context;

  /** Tells one endpoint once, and says when to do it again. */
  const tell = async (
    { endpoint, deliveries }: Pick<Running, 'endpoint' | 'deliveries'>,
    notice: Notice,
    tries: number,
  ): Promise<Settled> => {
    const posted = await post(endpoint.url, notice);
    deliveries.note(notice, tries, posted);
    if (posted.error === null) return 'settled';
    const againInMs = pauseAfter(tries);
    const { host } = new URL(endpoint.url);
    const about = `telling ${host} of ${notice.type}, try ${tries}${againInMs ? '' : ', given up'}`;
    onError(new Error(posted.error), about);
    return againInMs === undefined ? 'settled' : { againInMs };
  };

  const begin = (endpoint: Endpoint): Running => {
    const deliveries = createDeliveries(now);
    const tail = sharing.join(readerOf(endpoint), noticedKinds, async (message, tries) => {
      if (!message.ok) return 'settled';
      const names = (id: ActorId) => {
        const { provider, name } = keyNames(id) ?? {};
        return provider === undefined || name === undefined ? undefined : { provider, name };
      };
      const notice = noticeOf(message.event, names);
      // What it is told of may have changed since.
      const own = running.get(endpoint.url)?.endpoint ?? endpoint;
      if (!notice || !isTold(own, notice.type as NoticeType)) return 'settled';
      return tell({ endpoint: own, deliveries }, notice, tries);
    });
    return { endpoint, deliveries, tail };
  };

  /** Ends what no webhook reads any more, until that is done. */
  const endOthers = async () => {
    const wanted = new Set(settings.values.webhooks.map(readerOf));
    try {
      for (const name of await sharing.names(readerPrefix)) {
        if (!wanted.has(name)) await sharing.end(name);
      }
    } catch (error) {
      onError(error, 'ending webhooks');
      if (!isStopped) ends = setTimeout(() => void endOthers(), againMs);
    }
  };

  const follow = () => {
    const endpoints = settings.values.webhooks;
    const urls = new Set(endpoints.map(({ url }) => url));
    for (const [url, { tail }] of running) {
      if (urls.has(url)) continue;
      running.delete(url);
      void tail.stop();
    }
    for (const endpoint of endpoints) {
      const known = running.get(endpoint.url);
      running.set(endpoint.url, known ? { ...known, endpoint } : begin(endpoint));
    }
    clearTimeout(ends);
    void endOthers();
  };

  const tellOfLog = async (url: string, notice: Notice, tries: number) => {
    const one = running.get(url);
    if (!one || isStopped) return;
    const settled = await tell(one, notice, tries);
    if (settled === 'settled' || isStopped || waiting.size >= waitingAtMost) return;
    const timer = setTimeout(() => {
      waiting.delete(timer);
      void tellOfLog(url, notice, tries + 1);
    }, settled.againInMs);
    waiting.add(timer);
  };

  follow();
  const unsubscribe = settings.onChange('webhooks', follow);
  const unwatch = watchLog({
    log,
    gatewayId,
    now,
    tell(type, notice) {
      for (const { endpoint } of running.values()) {
        if (isTold(endpoint, type)) void tellOfLog(endpoint.url, notice, 1);
      }
    },
  });

  return {
    view: () =>
      [...running.values()].map(({ endpoint, deliveries }) => ({
        ...endpoint,
        ...deliveries.stats(),
      })),
    secretOf: (url) => (running.has(url) ? options.secretOf(url) : undefined),
    async test(url) {
      if (!running.has(url)) return undefined;
      const time = new Date(now()).toISOString();
      return post(url, { id: newEventId(), type: 'test', time, data: { gateway: gatewayId } });
    },
    async stop() {
      isStopped = true;
      unsubscribe();
      unwatch();
      clearTimeout(ends);
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
      await Promise.all([...running.values()].map(({ tail }) => tail.stop()));
    },
  };
}
