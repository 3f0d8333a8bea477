/** One attempt at one target with one key: the request as this target gets it, and who looks after it. */
import { attempt, type Caller, type FailedAttempt } from './attempt.ts';
import type { Drain } from './drain.ts';
import type { Exchange } from './exchange.ts';
import type { Incoming } from './incoming.ts';
import type { Judge } from './judging.ts';
import type { Leg } from './legs.ts';
import type { Limits } from './limits.ts';
import { outgoing } from './outgoing.ts';
import type { Upstream } from './upstream.ts';

type Deps = Readonly<{
  upstream: Upstream;
  judge: Judge;
  drain: Drain;
  apiKeyHeader: string;
  gatewayId: string;
  now: () => number;
}>;

type Asked = Readonly<{ exchange: Exchange; incoming: Incoming; client: Caller }>;

type Send = <Opened extends object>(
  asked: Asked,
  leg: Leg,
  limitMs: number,
  limits: Limits,
  open: Parameters<typeof attempt<Opened>>[1],
) => Promise<Opened | FailedAttempt>;

export const createSend =
  (deps: Deps): Send =>
  ({ exchange, incoming, client }, { target, taken }, limitMs, limits, open) => {
    exchange.provider = target.provider.id;
    exchange.model = target.model;
    exchange.keyId = taken?.key.id ?? '';
    const sending = {
      upstream: incoming.tunnel?.dial ?? deps.upstream,
      request: outgoing(incoming, target, taken?.key.secret ?? '', deps),
      judge: deps.judge,
      provider: target.provider.id,
      dialect: target.provider.dialect,
      endpoint: incoming.endpoint,
      client,
      limitMs,
      limits,
      drain: deps.drain,
      now: deps.now,
    };
    return attempt(sending, open);
  };
