/** Attempt after attempt, until one is answered, the budget is spent or no key and no target is left to ask. */
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import type { Cause } from '../../events/event.ts';
import { actorId } from '../../events/ids.ts';
import type { Outcome } from '../../events/traffic.ts';
import type { Breakers } from '../breakers/breakers.ts';
import type { Affinity } from '../keyRing/affinity.ts';
import type { Pools } from '../keyRing/pools.ts';
import type { Verdicts } from '../keyRing/verdicts.ts';
import type { ModelRoute } from '../modelRoutes/modelRoutes.ts';
import { affinityOf } from './affinity.ts';
import type { Caller, FailedAttempt } from './attempt.ts';
import { isTooLong } from './contextLength.ts';
import { deliver, type Delivered } from './delivery.ts';
import type { DialectModule, GatewayError } from './dialect.ts';
import type { Drain } from './drain.ts';
import { elapsedMs, noteAttempt, type Exchange } from './exchange.ts';
import * as errors from './gatewayErrors.ts';
import type { Incoming } from './incoming.ts';
import type { Judge } from './judging.ts';
import type { KeyChoice, Patience } from './keyChoice.ts';
import { createLastWord } from './lastWord.ts';
import {
  avoidKey,
  hasAnother,
  isAdmitted,
  leaveTooSmall,
  legOf,
  readyLeg,
  soonestLeg,
  type Leg,
} from './legs.ts';
import type { Limits } from './limits.ts';
import type { Target } from './providers.ts';
import { nextAfter, pauseMs } from './repeat.ts';
import { createResume } from './resume/goOn.ts';
import type { Routing } from './routing.ts';
import { createSend } from './send.ts';
import { createStreamEnd } from './streamEnd.ts';
import type { Upstream } from './upstream.ts';

export type PursueDeps = Readonly<{
  pools: Pools;
  keyChoice: KeyChoice;
  verdicts: Verdicts;
  breakers: Breakers;
  affinity: Affinity;
  routing: Routing;
  upstream: Upstream;
  judge: Judge;
  limits: Limits;
  drain: Drain;
  apiKeyHeader: string;
  gatewayId: string;
  now: () => number;
  record: (exchange: Exchange, status: number, outcome: Outcome) => void;
  /** The gateway's own word, in the caller's dialect. */
  refuse: (exchange: Exchange, error: GatewayError) => Response;
  /** The client left before anything could be answered. */
  cancel: (exchange: Exchange) => Response;
}>;

/** What stays the same over all attempts of a request. */
export type Pursuit = Readonly<{
  exchange: Exchange;
  incoming: Incoming;
  /** Who can answer, in the order in which they are asked; one at least. */
  targets: readonly Target[];
  /** Where the model's name is a route's. */
  modelRoute: ModelRoute | undefined;
  dialect: DialectModule;
  cause: Cause;
  client: Caller;
}>;

/** Tells who answered a request for a route: `provider/model`. */
const modelHeader = 'x-signalbox-model';

/** The pool keeps a resting key back by itself, and gives it again when it woke. */
const rests = ({ scope, class: what }: Verdict): boolean =>
  (scope === 'key' || scope === 'model') && what !== 'credential';

export function createPursue(deps: PursueDeps): (pursuit: Pursuit) => Promise<Response> {
  const { pools, keyChoice, verdicts, breakers, affinity, drain, routing, now } = deps;
  const lastWord = createLastWord(deps);
  const send = createSend(deps);
  const end = createStreamEnd(deps);

  /** One attempt with one key, up to the point where the client gets its first byte. */
  const tryOnce = (
    pursuit: Pursuit,
    legs: readonly Leg[],
    leg: Leg,
    startedMs: number,
    limitMs: number,
    limits: Limits,
  ): Promise<Delivered | FailedAttempt> => {
    const { exchange, incoming, modelRoute, dialect, client, cause } = pursuit;
    // A stream may have gone on with another key: the last one made what it ends with.
    const onIds = (ids: readonly string[]) =>
      ids.length > 0 && exchange.keyId !== '' && affinity.made(ids, actorId(exchange.keyId));
    const resume = modelRoute?.resume
      ? createResume(deps, pursuit, {
          legs,
          leg,
          limits,
          send: (other, open) => send(pursuit, other, limits.firstEventMs, limits, open),
        })
      : undefined;
    return send(pursuit, leg, limitMs, limits, (response, abort, follow) => {
      // The attempt stands in the record before a short answer closes it.
      noteAttempt(exchange, startedMs, response.status);
      return deliver(response, abort, {
        exchange,
        incoming,
        dialect,
        limits,
        drain,
        now,
        client,
        follow,
        cause,
        end,
        record: deps.record,
        onIds,
        resume,
      });
    });
  };

  const named = ({ exchange, modelRoute }: Pursuit, response: Response): Response => {
    if (modelRoute) response.headers.set(modelHeader, `${exchange.provider}/${exchange.model}`);
    return response;
  };

  /** Waits for the first of the keys that rest; answers with what the client is told when it is none of them. */
  const waitForKey = async (
    { exchange, cause, client }: Pursuit,
    leg: Leg,
    last: FailedAttempt | undefined,
  ): Promise<Response | undefined> => {
    const { id } = leg.target.provider;
    if (leg.openUntilMs > 0 || !isAdmitted(leg, breakers)) {
      return lastWord.leftAlone(exchange, id, leg.openUntilMs, last);
    }
    const choice = await keyChoice.wait(leg);
    if ('key' in choice && !client.request.signal.aborted) {
      leg.taken = choice;
      return undefined;
    }
    // Also a key that would be probed goes back.
    if ('key' in choice) verdicts.settle(id, choice, false, cause);
    breakers.release(id);
    if (client.request.signal.aborted) return deps.cancel(exchange);
    const readyAtMs = 'readyAtMs' in choice ? choice.readyAtMs : undefined;
    const maker = affinity.makerOf(leg.ties.pinned);
    const isTied = maker !== undefined && leg.pool.get(maker) !== undefined;
    return lastWord.withoutKey(exchange, id, readyAtMs, last, isTied);
  };

  return async (pursuit) => {
    const { exchange, incoming, modelRoute, dialect, cause, client } = pursuit;
    const limits = modelRoute?.limits ? { ...deps.limits, ...modelRoute.limits } : deps.limits;
    const ties = affinityOf(dialect.name, incoming, exchange.client);
    const patience: Patience = { untilMs: undefined };
    const targets = modelRoute ? routing.bound(modelRoute, pursuit.targets, ties) : pursuit.targets;
    const legs = targets.map((target) =>
      legOf(target, pools.of(target.provider.id), ties, patience, client),
    );
    let last: FailedAttempt | undefined;

    for (let tries = 1; tries <= limits.attempts; tries++) {
      if (drain.isOver) return deps.refuse(exchange, errors.stopping);
      const isFirst = tries === 1;
      if (!isFirst && elapsedMs(exchange) >= limits.deadlineMs) break;
      // A key is there at once, as a rule: then nothing is waited for, not even a turn.
      let leg = readyLeg(legs, keyChoice, breakers, isFirst);
      if (!leg) {
        leg = soonestLeg(legs);
        if (!leg) break;
        patience.untilMs ??= now() + limits.waitMs;
        const refused = await waitForKey(pursuit, leg, last);
        if (refused) return refused;
      }
      const { target, taken } = leg;
      const { provider, model } = target;

      const startedAtMs = now();
      const startedMs = elapsedMs(exchange);
      const noted = exchange.attempts.length;
      // A silent one is left soon only where another could be asked instead.
      const isHurried = incoming.streamed && hasAnother(legs, leg, breakers, now);
      const longestMs = isHurried ? limits.firstEventMs : limits.plainMs;
      const limitMs = isFirst ? longestMs : Math.min(longestMs, limits.deadlineMs - startedMs);
      const result = await tryOnce(pursuit, legs, leg, startedMs, limitMs, limits);
      if (taken) verdicts.settle(provider.id, taken, result.kind === 'delivered', cause);
      if (result.kind === 'delivered') {
        if (result.isStream) breakers.begun(provider.id, cause);
        else breakers.succeeded(provider.id, cause);
        const { conversation } = ties;
        if (taken && conversation !== null) affinity.answered(conversation, taken.key.id);
        if (modelRoute) routing.answered(modelRoute, ties, target);
        return named(pursuit, result.response);
      }

      last = result;
      exchange.attempts.length = noted;
      noteAttempt(exchange, startedMs, result.answer?.status ?? 0, result.verdict);
      const { verdict } = result;
      if (drain.isOver) return deps.refuse(exchange, errors.stopping);
      breakers.failed(provider.id, verdict, startedAtMs, cause);
      if (client.request.signal.aborted) return deps.cancel(exchange);
      if (taken)
        verdicts.apply(
          { provider: provider.id, key: taken.key, model, startedAtMs, cause },
          verdict,
        );
      if (verdict.scope === 'provider') leg.transients += 1;
      if (legs.length > 1 && isTooLong(result)) {
        leg.isSpent = true;
        leaveTooSmall(legs, leg);
        continue;
      }
      const next = nextAfter(result, incoming.endpoint, leg.transients, limits);
      if (next === 'over') break;
      // Without a key there is no other one to be told something else.
      leg.isSpent = next === 'elsewhere' || (!taken && verdict.retry === 'other-key');
      if (leg.isSpent) continue;
      if (taken && verdict.retry === 'other-key' && !rests(verdict)) avoidKey(leg, taken.key.id);
      if (verdict.scope === 'provider') {
        await Bun.sleep(pauseMs(verdict, leg.transients, limits));
      }
    }
    if (last) return named(pursuit, lastWord.after(exchange, last));
    return lastWord.withoutKey(exchange, exchange.provider, undefined, undefined);
  };
}
