/** What the end of a stream says about who sent it: its first event was a success, and what came of it is seen late. */
import type { TransportFault } from '../../actors/providerKey/evidence.ts';
import type { Cause } from '../../events/event.ts';
import type { Breakers } from '../breakers/breakers.ts';
import type { DialectModule } from './dialect.ts';
import type { Exchange } from './exchange.ts';
import type { Incoming } from './incoming.ts';
import type { Judge } from './judging.ts';

/** The request whose stream it is. */
export type Streamed = Readonly<{
  exchange: Exchange;
  incoming: Pick<Incoming, 'endpoint'>;
  dialect: DialectModule;
  cause: Cause;
}>;

export type StreamEnd = Readonly<{
  /** It came to its terminator. */
  whole(streamed: Streamed): void;
  /** It did not, through no fault of its client or of this gateway. */
  broke(streamed: Streamed, transport: TransportFault): void;
}>;

type Deps = Readonly<{
  breakers: Pick<Breakers, 'succeeded' | 'failed'>;
  judge: Judge;
  now: () => number;
}>;

export const createStreamEnd = ({ breakers, judge, now }: Deps): StreamEnd => ({
  whole: ({ exchange, cause }) => breakers.succeeded(exchange.provider, cause),
  broke({ exchange, incoming, dialect, cause }, transport) {
    const last = exchange.attempts.at(-1);
    // Told already, by whoever went on with another answer.
    if (last?.verdict !== 'ok') return;
    const verdict = judge({
      provider: last.provider,
      dialect: dialect.name,
      endpoint: incoming.endpoint,
      status: last.status,
      headers: new Headers(),
      body: '',
      phase: 'body',
      transport,
      bytesSent: exchange.responseBytes,
      nowMs: now(),
    });
    const { class: what, ruleId, reason: error } = verdict;
    exchange.attempts.splice(-1, 1, { ...last, verdict: what, ruleId, error });
    breakers.failed(last.provider, verdict, exchange.startedAtMs + last.startedMs, cause);
  },
});
