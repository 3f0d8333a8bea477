/** The story of one proxied request: who asks, in which dialect, for what, and who answers for it. */
import type { Recorder } from '../../events/recorder.ts';
import type { Outcome } from '../../events/traffic.ts';
import type { Client } from '../clients.ts';
import { anthropic } from './anthropic.ts';
import { detect } from './detect.ts';
import type { DialectModule, GatewayError } from './dialect.ts';
import { beginExchange, causeOf, finish, type Exchange } from './exchange.ts';
import * as errors from './gatewayErrors.ts';
import { gemini } from './gemini.ts';
import { readBytes, readIncoming, splitUrl } from './incoming.ts';
import { openai } from './openai.ts';
import type { Providers } from './providers.ts';
import { isLoop } from './outgoing.ts';
import { createPursue, type PursueDeps } from './pursue.ts';

export type ProxyDeps = Omit<PursueDeps, 'record' | 'refuse'> &
  Readonly<{
    /** The client that asks (null where the gateway is open), or why it may not. */
    admit: (headers: Headers, search: string) => Client | null | GatewayError;
    providers: Providers;
    recorder: Recorder;
    bodyLimitBytes: number;
  }>;

/** Answers any request of the AI side. `onBody` is called when the request's body is in. */
export type Proxy = (request: Request, onBody: () => void) => Promise<Response>;

const dialects: Readonly<Record<DialectModule['name'], DialectModule>> = {
  openai,
  anthropic,
  gemini,
};

const isError = (value: object | null): value is GatewayError => value !== null && 'kind' in value;

export function createProxy(deps: ProxyDeps): Proxy {
  const { now, recorder, providers, gatewayId } = deps;
  const by = { kind: 'gateway', id: gatewayId } as const;

  const record = (exchange: Exchange, status: number, outcome: Outcome) => {
    const event = finish(exchange, status, outcome, now());
    if (event) recorder.record(event);
  };

  const refuse = (exchange: Exchange, dialect: DialectModule, error: GatewayError): Response => {
    const { status, headers, body } = dialect.errorBody(error, exchange.id);
    exchange.responseBytes = body.length;
    record(exchange, status, 'failed');
    return new Response(body, { status, headers });
  };

  const pursue = createPursue({ ...deps, record, refuse });

  return async (request, onBody) => {
    const { headers, method, signal: client } = request;
    const exchange = beginExchange(method, headers.get('traceparent'), now());
    const place = splitUrl(request.url);
    const route = detect(method, place.pathname, place.search, headers);
    if (!route) return refuse(exchange, openai, errors.badPath);
    const dialect = dialects[route.dialect];
    exchange.dialect = route.dialect;
    exchange.route = route.route;

    // First of all: what comes back carries our key for a vendor, and no client's.
    if (isLoop(headers, gatewayId)) return refuse(exchange, dialect, errors.loop);
    const admitted = deps.admit(headers, place.search);
    if (isError(admitted)) return refuse(exchange, dialect, admitted);
    exchange.client = admitted?.clientId ?? '';

    const body = await readBytes(request, deps.bodyLimitBytes);
    if (isError(body)) return refuse(exchange, dialect, body);
    onBody();
    exchange.requestBytes = body?.byteLength ?? 0;
    const incoming = readIncoming(request, place, route, body);
    if (isError(incoming)) return refuse(exchange, dialect, incoming);
    exchange.streamed = incoming.streamed;

    const asked = route.openAiCompatible ? 'gemini' : route.dialect;
    const target = providers.targetOf(asked, incoming.model);
    exchange.model = target?.model ?? incoming.model;
    if (!target) return refuse(exchange, dialect, errors.noProvider(incoming.model));
    exchange.provider = target.provider.id;
    if (target.provider.dialect !== asked) {
      const { id, dialect: speaks } = target.provider;
      return refuse(exchange, dialect, errors.otherDialect(id, speaks, asked));
    }
    return pursue({ exchange, incoming, target, dialect, client, cause: causeOf(exchange, by) });
  };
}
