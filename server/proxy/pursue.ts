/** Attempt after attempt, until one is answered, the budget is spent or no key is left to ask with. */
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import type { Cause } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import type { Outcome } from '../../events/traffic.ts';
import type { Affinity } from '../keyRing/affinity.ts';
import type { Taken } from '../keyRing/pool.ts';
import type { Pools } from '../keyRing/pools.ts';
import type { Verdicts } from '../keyRing/verdicts.ts';
import { affinityOf } from './affinity.ts';
import { attempt, type Caller, type FailedAttempt } from './attempt.ts';
import { deliver, type Delivered } from './delivery.ts';
import type { DialectModule, GatewayError } from './dialect.ts';
import { elapsedMs, type Exchange } from './exchange.ts';
import * as errors from './gatewayErrors.ts';
import { responseHeaders } from './headers.ts';
import type { Incoming } from './incoming.ts';
import type { KeyChoice, Patience } from './keyChoice.ts';
import type { Limits } from './limits.ts';
import { outgoing } from './outgoing.ts';
import type { Target } from './providers.ts';
import { mayRepeat, pauseMs } from './repeat.ts';
import type { Upstream } from './upstream.ts';

export type PursueDeps = Readonly<{
  pools: Pools;
  keyChoice: KeyChoice;
  verdicts: Verdicts;
  affinity: Affinity;
  upstream: Upstream;
  limits: Limits;
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
  target: Target;
  dialect: DialectModule;
  cause: Cause;
  client: Caller;
}>;

/** The pool keeps a resting key back by itself, and gives it again when it woke. */
const rests = ({ scope, class: what }: Verdict): boolean =>
  (scope === 'key' || scope === 'model') && what !== 'credential';

export function createPursue(deps: PursueDeps): (pursuit: Pursuit) => Promise<Response> {
  const { pools, keyChoice, verdicts, affinity, limits, now } = deps;

  const note = (
    { exchange, target }: Pursuit,
    startedMs: number,
    status: number,
    failure?: FailedAttempt,
  ) => {
    exchange.attempts.push({
      provider: target.provider.id,
      keyId: exchange.keyId,
      model: target.model,
      status,
      startedMs: Math.round(startedMs),
      durationMs: Math.round(elapsedMs(exchange) - startedMs),
      verdict: failure?.verdict.class ?? 'ok',
      ruleId: failure?.verdict.ruleId ?? '',
      error: failure?.verdict.reason ?? '',
    });
  };

  /** One attempt with one key, up to the point where the client gets its first byte. */
  const tryOnce = (
    pursuit: Pursuit,
    taken: Taken | null,
    startedMs: number,
  ): Promise<Delivered | FailedAttempt> => {
    const { exchange, incoming, target, dialect, client } = pursuit;
    exchange.keyId = taken?.key.id ?? '';
    const sending = {
      upstream: deps.upstream,
      request: outgoing(incoming, target, taken?.key.secret ?? '', deps),
      dialect: dialect.name,
      endpoint: incoming.endpoint,
      client,
      limitMs: incoming.streamed ? limits.firstEventMs : limits.plainMs,
      limits,
      now,
    };
    const onIds = (ids: readonly string[]) =>
      taken && ids.length > 0 && affinity.made(ids, taken.key.id);
    const { record } = deps;
    return attempt(sending, (response, abort, follow) => {
      // The attempt stands in the record before a short answer closes it.
      note(pursuit, startedMs, response.status);
      const delivery = { exchange, incoming, dialect, limits, now, client, follow, record, onIds };
      return deliver(response, abort, delivery);
    });
  };

  /** The vendor's own last answer, or the gateway's word where there is none that the client may see. */
  const lastWord = ({ exchange, target }: Pursuit, last: FailedAttempt): Response => {
    const { answer, verdict, fault } = last;
    const { id } = target.provider;
    if (verdict.class === 'credential') return deps.refuse(exchange, errors.keyRefused(id));
    if (!answer) {
      const error =
        fault === 'timeout' ? errors.tooSlow(id) : errors.unreachable(id, verdict.reason);
      return deps.refuse(exchange, error);
    }
    const headers = responseHeaders(answer.headers, exchange.id);
    if (verdict.scope !== 'caller') headers.set('x-should-retry', 'false');
    exchange.responseBytes = answer.body.byteLength;
    deps.record(exchange, answer.status, 'failed');
    return new Response(answer.body, { status: answer.status, headers });
  };

  /** All rest, or none is there at all. */
  const withoutKey = (
    pursuit: Pursuit,
    readyAtMs: number | undefined,
    last: FailedAttempt | undefined,
  ) => {
    const { exchange, target } = pursuit;
    const { id } = target.provider;
    if (readyAtMs !== undefined && last?.verdict.class !== 'credential') {
      const retryAfterMs = Math.max(readyAtMs - now(), 1_000);
      return deps.refuse(exchange, errors.allRest(id, retryAfterMs));
    }
    return last ? lastWord(pursuit, last) : deps.refuse(exchange, errors.noKeys(id));
  };

  return async (pursuit) => {
    const { exchange, incoming, target, dialect, cause, client } = pursuit;
    const { provider, model } = target;
    const pool = pools.of(provider.id);
    const isKeyless = provider.auth === 'none' && pool.size() === 0;
    const ties = affinityOf(dialect.name, incoming, exchange.client);
    const avoid = new Set<ActorId>();
    const patience: Patience = { untilMs: undefined };
    let transients = 0;
    let last: FailedAttempt | undefined;

    for (let tries = 1; tries <= limits.attempts; tries++) {
      const isFirst = tries === 1;
      const request = { pool, model, ties, isFirst, avoid, patience, client };
      // A key is there at once, as a rule: then nothing is waited for, not even a turn.
      const taken = isKeyless ? null : keyChoice.take(request);
      const choice = taken === undefined ? await keyChoice.wait(request) : taken;
      if (taken === undefined && client.signal.aborted) {
        // Also a key that would be probed goes back.
        if (choice && 'key' in choice) verdicts.settle(provider.id, choice, false, cause);
        return deps.cancel(exchange);
      }
      if (choice && 'readyAtMs' in choice) return withoutKey(pursuit, choice.readyAtMs, last);

      const startedAtMs = now();
      const startedMs = elapsedMs(exchange);
      const noted = exchange.attempts.length;
      const result = await tryOnce(pursuit, choice, startedMs);
      if (choice) verdicts.settle(provider.id, choice, result.kind === 'delivered', cause);
      if (result.kind === 'delivered') {
        const { conversation } = ties;
        if (choice && conversation !== null) affinity.answered(conversation, choice.key.id);
        return result.response;
      }

      last = result;
      exchange.attempts.length = noted;
      note(pursuit, startedMs, result.answer?.status ?? 0, result);
      const { verdict } = result;
      if (client.signal.aborted) return deps.cancel(exchange);
      if (choice)
        verdicts.apply(
          { provider: provider.id, key: choice.key, model, startedAtMs, cause },
          verdict,
        );
      if (verdict.scope === 'provider') transients += 1;
      if (!mayRepeat(result, transients, limits)) break;
      if (choice && verdict.retry === 'other-key' && !rests(verdict)) avoid.add(choice.key.id);
      if (verdict.scope === 'provider') await Bun.sleep(pauseMs(verdict, transients, limits));
    }
    return last ? lastWord(pursuit, last) : withoutKey(pursuit, undefined, undefined);
  };
}
