/** The story of one proxied request: who asks, in which dialect, for what, and who answers for it. */
import type { Recorder } from '../../events/recorder.ts';
import type { Outcome } from '../../events/traffic.ts';
import type { Admit } from '../access/admit.ts';
import type { Clients } from '../access/clients.ts';
import { modelRefusal } from '../access/models.ts';
import type { Bodies } from '../bodies/bodies.ts';
import type { ModelLists } from '../discovery/modelLists.ts';
import type { ModelRoutes } from '../modelRoutes/modelRoutes.ts';
import { anthropic } from './anthropic.ts';
import type { Caller } from './attempt.ts';
import { detect } from './detect.ts';
import type { DialectModule, GatewayError } from './dialect.ts';
import { beginExchange, causeOf, finish, type Exchange } from './exchange.ts';
import * as errors from './gatewayErrors.ts';
import { gemini } from './gemini.ts';
import { readBytes, readIncoming, readUpgrade, splitUrl } from './incoming.ts';
import { openai } from './openai.ts';
import type { Providers } from './providers.ts';
import { isLoop } from './outgoing.ts';
import { createPursue, type PursueDeps } from './pursue.ts';
import type { Tunnel } from './tunnel.ts';
import type { Turns } from './turns.ts';

export type ProxyDeps = Omit<PursueDeps, 'record' | 'refuse' | 'cancel'> &
  Readonly<{
    /** The client that asks (null where the gateway is open), or why it may not. */
    admit: Admit;
    anonymous: Clients['anonymous'];
    providers: Providers;
    modelRoutes: Pick<ModelRoutes, 'named'>;
    modelLists: ModelLists;
    recorder: Recorder;
    bodies: Pick<Bodies, 'areWanted' | 'record'>;
    /** Where requests may be turns of conversations. */
    turns?: Turns;
    /** Told what nobody expected. */
    onError: (error: unknown, about: string) => void;
  }>;

/** Answers any request of the AI side. `onSlow` is called when an answer takes longer than a moment. */
export type Proxy = (request: Request, onSlow: () => void, tunnel?: Tunnel) => Promise<Response>;

const dialects: Readonly<Record<DialectModule['name'], DialectModule>> = {
  openai,
  anthropic,
  gemini,
};

/** nginx's word for a client that closed the request; nobody reads it but the log. */
const clientClosedRequest = 499;

const isError = (value: object | null): value is GatewayError => value !== null && 'kind' in value;

export function createProxy(deps: ProxyDeps): Proxy {
  const { now, recorder, providers, gatewayId, drain, limits } = deps;
  const by = { kind: 'gateway', id: gatewayId } as const;

  const record = (exchange: Exchange, status: number, outcome: Outcome) => {
    const event = finish(exchange, status, outcome, now());
    if (!event) return;
    drain.inFlight -= 1;
    exchange.allowance?.leave();
    recorder.record(event);
  };

  const refuse = (exchange: Exchange, error: GatewayError): Response => {
    const { status, headers, body } = dialects[exchange.dialect].errorBody(error, exchange.id);
    exchange.responseBytes = body.length;
    record(exchange, status, 'failed');
    return new Response(body, { status, headers });
  };

  /** What the gateway itself was asked. */
  const tell = (exchange: Exchange, json: object): Response => {
    const body = JSON.stringify(json);
    exchange.responseBytes = Buffer.byteLength(body);
    record(exchange, 200, 'completed');
    const headers = { 'content-type': 'application/json', 'x-signalbox-request-id': exchange.id };
    return new Response(body, { headers });
  };

  const cancel = (exchange: Exchange): Response => {
    record(exchange, clientClosedRequest, 'cancelled');
    return new Response(null, { status: clientClosedRequest });
  };

  const pursue = createPursue({ ...deps, record, refuse, cancel });

  const answer = async (
    exchange: Exchange,
    request: Request,
    caller: Caller,
    tunnel: Tunnel | undefined,
  ) => {
    const { headers, method } = request;
    const place = splitUrl(request.url);
    const route = detect(method, place.pathname, place.search, headers);
    exchange.dialect = route?.dialect ?? (request.url.includes('/v1beta/') ? 'gemini' : 'openai');
    if (!route) return refuse(exchange, errors.badPath);
    exchange.route = route.route;
    if (drain.inFlight > limits.maxInFlight) return refuse(exchange, errors.tooManyInFlight);

    // First of all: what comes back carries our key for a vendor, and no client's.
    if (isLoop(headers, gatewayId)) return refuse(exchange, errors.loop);
    const standing = deps.admit(headers, place.search);
    const admitted = standing instanceof Promise ? await standing : standing;
    if (isError(admitted)) return refuse(exchange, admitted);
    exchange.client = admitted?.clientId ?? '';
    // What a session lets in is an operator's, not a client's.
    const isOperator = standing instanceof Promise;
    exchange.allowance = isOperator ? null : admitted ? admitted.allowance : deps.anonymous();
    const limited =
      exchange.allowance === null ? null : exchange.allowance.enter(exchange.startedMs);
    if (limited !== null) return refuse(exchange, limited);

    const body = await readBytes(request, limits.bodyLimitBytes);
    if (isError(body)) return refuse(exchange, body);
    exchange.requestBytes = body?.byteLength ?? 0;
    tunnel?.limit(admitted?.models ?? null);
    const incoming = tunnel
      ? readUpgrade(request, place, route, tunnel)
      : readIncoming(request, place, route, body);
    if (isError(incoming)) return refuse(exchange, incoming);
    exchange.streamed = incoming.streamed;
    const barred = admitted?.models ? modelRefusal(admitted.models, incoming) : null;
    if (barred !== null) {
      exchange.model = incoming.model;
      return refuse(exchange, barred);
    }
    const listed = incoming.endpoint === 'read' ? deps.modelLists.answer(incoming, admitted) : null;
    const own = listed && (await listed);
    if (own) return tell(exchange, own);

    const asked = route.openAiCompatible ? 'gemini' : route.dialect;
    const modelRoute = deps.modelRoutes.named(incoming.model);
    const routed = modelRoute && deps.routing.targetsOf(modelRoute, incoming);
    const target = routed ? routed[0] : providers.targetOf(asked, incoming.model);
    exchange.modelRoute = modelRoute;
    exchange.model = target?.model ?? incoming.model;
    if (!target) {
      const { model } = incoming;
      return refuse(
        exchange,
        modelRoute ? errors.noTarget(model, asked) : errors.noProvider(model),
      );
    }
    exchange.provider = target.provider.id;
    if (!modelRoute && target.provider.dialect !== asked) {
      const { id, dialect: speaks } = target.provider;
      return refuse(exchange, errors.otherDialect(id, speaks, asked));
    }
    const dialect = dialects[route.dialect];
    const cause = causeOf(exchange, by);
    const turn = deps.turns ? await deps.turns.begin(exchange, incoming, admitted, caller) : null;
    if (isError(turn)) return refuse(exchange, turn);
    const answered = pursue({
      exchange,
      incoming,
      targets: routed ?? [target],
      modelRoute,
      dialect,
      client: turn ? turn.caller : caller,
      cause,
    });
    // What was said is kept with its conversation, and erased with it: no second copy.
    if (turn) return turn.pass(answered);
    if (tunnel || !deps.bodies.areWanted(admitted?.recordBodies, modelRoute?.recordBodies))
      return answered;
    const { id } = exchange;
    return deps.bodies.record(await answered, exchange.isFinished, { id, headers, body });
  };

  /** The last that is put on an answer. */
  const finished = ({ allowance, dialect }: Exchange, response: Response): Response => {
    // While the gateway is being stopped nobody shall come back on this connection.
    if (drain.isDraining) response.headers.set('connection', 'close');
    if (allowance !== null) allowance.show(response.headers, dialect, performance.now(), now());
    return response;
  };

  return (request, onSlow, tunnel) => {
    drain.inFlight += 1;
    const exchange = beginExchange(request.method, request.headers.get('traceparent'), now());
    const caller = { request, onSlow };
    return answer(exchange, request, caller, tunnel).then(
      (response) => finished(exchange, response),
      (error: unknown) => {
        if (request.signal.aborted) return cancel(exchange);
        deps.onError(error, `request ${exchange.id}`);
        return finished(exchange, refuse(exchange, errors.internal));
      },
    );
  };
}
