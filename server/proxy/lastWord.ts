/** What a client is told when no attempt was answered: the vendor's own last answer, or the gateway's word. */
import type { Outcome } from '../../events/traffic.ts';
import type { FailedAttempt } from './attempt.ts';
import type { GatewayError } from './dialect.ts';
import type { Exchange } from './exchange.ts';
import * as errors from './gatewayErrors.ts';
import { clientResponse } from './headers.ts';

export type LastWord = Readonly<{
  /** After an attempt: the vendor's answer, where there is one that the client may see. */
  after(exchange: Exchange, last: FailedAttempt): Response;
  /** All keys of the provider rest until then (or the one that `isTied` to the request), or none is there at all. */
  withoutKey(
    exchange: Exchange,
    provider: string,
    readyAtMs: number | undefined,
    last: FailedAttempt | undefined,
    isTied?: boolean,
  ): Response;
  /** The provider's breaker is open: nobody is asked. */
  leftAlone(
    exchange: Exchange,
    provider: string,
    readyAtMs: number,
    last: FailedAttempt | undefined,
  ): Response;
}>;

type Options = Readonly<{
  record: (exchange: Exchange, status: number, outcome: Outcome) => void;
  refuse: (exchange: Exchange, error: GatewayError) => Response;
  now: () => number;
}>;

export function createLastWord({ record, refuse, now }: Options): LastWord {
  const waitMs = (readyAtMs: number): number => Math.max(readyAtMs - now(), 1_000);

  const after: LastWord['after'] = (exchange, { answer, verdict, fault }) => {
    const id = exchange.provider;
    if (verdict.class === 'credential') return refuse(exchange, errors.keyRefused(id));
    if (!answer) {
      if (fault === 'timeout') return refuse(exchange, errors.tooSlow(id));
      if (fault === 'truncated') return refuse(exchange, errors.notWhole(id));
      return refuse(exchange, errors.unreachable(id, verdict.reason));
    }
    const response = clientResponse(answer.body, answer, exchange.id);
    if (verdict.scope !== 'caller') response.headers.set('x-should-retry', 'false');
    exchange.responseBytes = answer.body.byteLength;
    record(exchange, answer.status, 'failed');
    return response;
  };

  return {
    after,
    withoutKey(exchange, provider, readyAtMs, last, isTied = false) {
      if (readyAtMs !== undefined && last?.verdict.class !== 'credential') {
        const rests = isTied ? errors.makerRests : errors.allRest;
        return refuse(exchange, rests(provider, waitMs(readyAtMs)));
      }
      return last ? after(exchange, last) : refuse(exchange, errors.noKeys(provider));
    },
    leftAlone: (exchange, provider, readyAtMs, last) =>
      last
        ? after(exchange, last)
        : refuse(exchange, errors.leftAlone(provider, waitMs(readyAtMs))),
  };
}
