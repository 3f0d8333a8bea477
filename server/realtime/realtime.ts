/** Realtime and Live sessions: a request of the proxy like any other, until both ends are open. */
import type { Server, WebSocketHandler } from 'bun';
import type { Cause } from '../../events/event.ts';
import { isActorId } from '../../events/ids.ts';
import type { Outcome } from '../../events/traffic.ts';
import type { Affinity } from '../keyRing/affinity.ts';
import type { Pools } from '../keyRing/pools.ts';
import type { Verdicts } from '../keyRing/verdicts.ts';
import { causeOf, elapsedMs, type Exchange } from '../proxy/exchange.ts';
import { splitUrl } from '../proxy/incoming.ts';
import type { Judge } from '../proxy/judging.ts';
import type { Proxy } from '../proxy/proxy.ts';
import type { AllowedModels } from '../access/models.ts';
import type { Tunnel } from '../proxy/tunnel.ts';
import { fetchUpstream } from '../proxy/upstream.ts';
import { vendorHeaders } from '../proxy/vendorHeaders.ts';
import { beatMs, bridge, type Bridge } from './bridge.ts';
import { complaintAt, modelNotAllowed, outcomeOf, stopping, type Complaint } from './closing.ts';
import { dial, type Line } from './line.ts';
import { watchSession } from './sessionWatch.ts';
import { chosenSubprotocol, readSubprotocols } from './subprotocols.ts';

/** What Bun keeps with a client's end. */
export type Session = Readonly<{ bridge: Bridge }>;

export type Realtime = Readonly<{
  /** Undefined once the request is a session; else why it is none. */
  accept(request: Request, server: Server<Session>): Promise<Response | undefined>;
  /** The client's ends, for Bun's server. */
  handler: WebSocketHandler<Session>;
  /** How many sessions are open. */
  size(): number;
  /** Closes every session, and lets none in any more. */
  stop(): void;
}>;

type Options = Readonly<{
  proxy: Proxy;
  pools: Pools;
  verdicts: Verdicts;
  affinity: Affinity;
  judge: Judge;
  gatewayId: string;
  now: () => number;
}>;

/** Whether a request wants to become a WebSocket. */
export const isUpgrade = ({ method, headers }: Request): boolean =>
  method === 'GET' && headers.get('upgrade')?.toLowerCase() === 'websocket';

/** The vendors' largest messages are sound of 15 MiB. */
const mostMessageBytes = 32 * 1024 * 1024;
/** What a slow client may have waiting: the vendor is not read meanwhile, so this is one message and a little more. */
const mostWaitingBytes = 2 * mostMessageBytes;
/** A client that answers no ping for so long is gone. */
const clientGoneS = 120;
const switchingProtocols = 101;
const clientClosedRequest = 499;

export function createRealtime(options: Options): Realtime {
  const { proxy, pools, verdicts, affinity, judge, now } = options;
  const by = { kind: 'gateway', id: options.gatewayId } as const;
  const bridges = new Set<Bridge>();
  let beats: ReturnType<typeof setInterval> | undefined;
  let isStopping = false;

  /** What a vendor says in a session about the key it was opened with. */
  const blame = (exchange: Exchange, startedAtMs: number, cause: Cause) => (said: Complaint) => {
    const { provider, dialect, keyId, model } = exchange;
    const verdict = judge({
      provider,
      dialect,
      ...said,
      headers: new Headers(),
      phase: 'body',
      transport: null,
      bytesSent: exchange.responseBytes,
      endpoint: 'read',
      nowMs: now(),
    });
    const last = exchange.attempts.at(-1);
    if (last) {
      const { class: verdictClass, ruleId, reason } = verdict;
      exchange.attempts[exchange.attempts.length - 1] = {
        ...last,
        verdict: verdictClass,
        ruleId,
        error: reason,
      };
    }
    const key = isActorId(keyId) ? pools.holding(keyId)?.get(keyId) : undefined;
    if (key) verdicts.apply({ provider, key, model, startedAtMs, cause }, verdict);
  };

  const bridgeOf = (
    line: Line,
    exchange: Exchange,
    models: AllowedModels | null,
    record: (exchange: Exchange, status: number, outcome: Outcome) => void,
  ): Bridge => {
    const onComplaint = blame(exchange, now(), causeOf(exchange, by));
    const watch = watchSession({
      isLimited: models !== null,
      onIds(ids) {
        if (isActorId(exchange.keyId)) affinity.made(ids, exchange.keyId);
      },
      onComplaint,
    });
    const made = bridge({
      line,
      onClientMessage(message, bytes) {
        exchange.requestBytes += bytes;
        const model = watch.fromClient(message);
        if (model === null) return null;
        if (exchange.model === '') exchange.model = model;
        return models === null || models(model) ? null : modelNotAllowed;
      },
      onVendorMessage(message, bytes) {
        exchange.firstByteMs ??= elapsedMs(exchange);
        exchange.responseBytes += bytes;
        watch.fromVendor(message);
      },
      onEnd(ending) {
        bridges.delete(made);
        if (bridges.size === 0) {
          clearInterval(beats);
          beats = undefined;
        }
        const complaint = complaintAt(exchange.dialect, ending);
        if (complaint) onComplaint(complaint);
        exchange.usage = watch.usage();
        record(exchange, switchingProtocols, outcomeOf(ending));
      },
    });
    bridges.add(made);
    beats ??= setInterval(() => {
      for (const one of bridges) one.beat();
    }, beatMs);
    return made;
  };

  return {
    async accept(request, server) {
      server.timeout(request, 0);
      const { credential, offered } = readSubprotocols(
        request.headers.get('sec-websocket-protocol'),
      );
      const headers = new Headers(request.headers);
      if (credential !== null && !headers.has('authorization')) {
        headers.set('authorization', `Bearer ${credential}`);
      }
      let line: Line | undefined;
      let allowed: AllowedModels | null = null;
      let isOpen = false;
      const tunnel: Tunnel = {
        limit(models) {
          allowed = models;
        },
        async dial(upstreamRequest, signal) {
          const dialed = await dial({
            request: upstreamRequest,
            offered,
            signal,
            ask: fetchUpstream,
          });
          if (!('socket' in dialed)) return dialed;
          line = dialed;
          return { status: switchingProtocols, headers: vendorHeaders([]), body: null };
        },
        open(exchange, record) {
          if (!line) throw new Error('a session is opened without a line');
          const made = bridgeOf(line, exchange, allowed, record);
          const protocol = chosenSubprotocol(offered, line.socket.protocol);
          isOpen = server.upgrade(request, {
            data: { bridge: made },
            headers: {
              'x-signalbox-request-id': exchange.id,
              ...(protocol !== undefined && { 'sec-websocket-protocol': protocol }),
            },
          });
          if (isOpen && isStopping) made.end(stopping);
          if (!isOpen) made.clientClosed(1006, '');
          return new Response(null, { status: clientClosedRequest });
        },
      };
      const { origin, pathname, search } = splitUrl(request.url);
      const url = `${origin}${pathname.replace(/^\/\//, '/')}${search}`;
      const asked = new Request(url, { headers, signal: request.signal });
      const answer = await proxy(asked, () => {}, tunnel);
      return isOpen ? undefined : answer;
    },
    handler: {
      maxPayloadLength: mostMessageBytes,
      backpressureLimit: mostWaitingBytes,
      idleTimeout: clientGoneS,
      sendPings: true,
      perMessageDeflate: false,
      open: (socket) => socket.data.bridge.opened(socket),
      message: ({ data }, message) => data.bridge.fromClient(message),
      drain: ({ data }) => data.bridge.drained(),
      close: ({ data }, code, reason) => data.bridge.clientClosed(code, reason),
    },
    size: () => bridges.size,
    stop() {
      isStopping = true;
      for (const one of bridges) one.end(stopping);
    },
  };
}
