/** The story of one proxied request: who asks, in which dialect, for what, and who answers for it. */
import type { Recorder } from '../../events/recorder.ts';
import type { Outcome } from '../../events/traffic.ts';
import type { Admit } from '../access/admit.ts';
import type { Bodies } from '../bodies/bodies.ts';
import { anthropic } from './anthropic.ts';
import type { Caller } from './attempt.ts';
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

export type ProxyDeps = Omit<PursueDeps, 'record' | 'refuse' | 'cancel'> &
  Readonly<{
    /** The client that asks (null where the gateway is open), or why it may not. */
    admit: Admit;
    providers: Providers;
    recorder: Recorder;
    bodies: Pick<Bodies, 'areWanted' | 'record'>;
    /** Told what nobody expected. */
    onError: (error: unknown, about: string) => void;
  }>;

/** Answers any request of the AI side. `onSlow` is called when an answer takes longer than a moment. */
export type Proxy = (request: Request, onSlow: () => void) => Promise<Response>;

const dialects: Readonly<Record<DialectModule['name'], DialectModule>> = {
  openai,
  anthropic,
  gemini,
};

/** nginx's word for a client that closed the request; nobody reads it but the log. */
const clientClosedRequest = 499;

const isError = (value: object | null): value is GatewayError => value !== null && 'kind' in value;

export function createProxy(deps: ProxyDeps): Proxy {
  const { now, recorder, providers, gatewayId } = deps;
  const by = { kind: 'gateway', id: gatewayId } as const;

  const record = (exchange: Exchange, status: number, outcome: Outcome) => {
    const event = finish(exchange, status, outcome, now());
    if (event) recorder.record(event);
  };

  const refuse = (exchange: Exchange, error: GatewayError): Response => {
    const { status, headers, body } = dialects[exchange.dialect].errorBody(error, exchange.id);
    exchange.responseBytes = body.length;
    record(exchange, status, 'failed');
    return new Response(body, { status, headers });
  };

  const cancel = (exchange: Exchange): Response => {
    record(exchange, clientClosedRequest, 'cancelled');
    return new Response(null, { status: clientClosedRequest });
  };

  const pursue = createPursue({ ...deps, record, refuse, cancel });

  const answer = async (exchange: Exchange, request: Request, caller: Caller) => {
    const { headers, method } = request;
    const place = splitUrl(request.url);
    const route = detect(method, place.pathname, place.search, headers);
    exchange.dialect = route?.dialect ?? (request.url.includes('/v1beta/') ? 'gemini' : 'openai');
    if (!route) return refuse(exchange, errors.badPath);
    exchange.route = route.route;

    // First of all: what comes back carries our key for a vendor, and no client's.
    if (isLoop(headers, gatewayId)) return refuse(exchange, errors.loop);
    const standing = deps.admit(headers, place.search);
    const admitted = standing instanceof Promise ? await standing : standing;
    if (isError(admitted)) return refuse(exchange, admitted);
    exchange.client = admitted?.clientId ?? '';

    const body = await readBytes(request, deps.limits.bodyLimitBytes);
    if (isError(body)) return refuse(exchange, body);
    exchange.requestBytes = body?.byteLength ?? 0;
    const incoming = readIncoming(request, place, route, body);
    if (isError(incoming)) return refuse(exchange, incoming);
    exchange.streamed = incoming.streamed;

    const asked = route.openAiCompatible ? 'gemini' : route.dialect;
    const target = providers.targetOf(asked, incoming.model);
    exchange.model = target?.model ?? incoming.model;
    if (!target) return refuse(exchange, errors.noProvider(incoming.model));
    exchange.provider = target.provider.id;
    if (target.provider.dialect !== asked) {
      const { id, dialect: speaks } = target.provider;
      return refuse(exchange, errors.otherDialect(id, speaks, asked));
    }
    const dialect = dialects[route.dialect];
    const cause = causeOf(exchange, by);
    const answered = pursue({ exchange, incoming, target, dialect, client: caller, cause });
    if (!deps.bodies.areWanted(undefined, undefined)) return answered;
    const { id } = exchange;
    return deps.bodies.record(await answered, exchange.isFinished, { id, headers, body });
  };

  return (request, onSlow) => {
    const exchange = beginExchange(request.method, request.headers.get('traceparent'), now());
    const caller = {
      onSlow,
      get signal() {
        return request.signal;
      },
    };
    return answer(exchange, request, caller).catch((error: unknown) => {
      if (request.signal.aborted) return cancel(exchange);
      deps.onError(error, `request ${exchange.id}`);
      return refuse(exchange, errors.internal);
    });
  };
}
