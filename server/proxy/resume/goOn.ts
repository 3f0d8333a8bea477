/** Asks the other targets of a request whose stream broke, one after another, until one of them streams an answer. */
import type { Abort } from '../abort.ts';
import type { Cause } from '../../../events/event.ts';
import type { Breakers } from '../../breakers/breakers.ts';
import type { Verdicts } from '../../keyRing/verdicts.ts';
import type { FailedAttempt } from '../attempt.ts';
import type { DialectModule } from '../dialect.ts';
import { elapsedMs, noteAttempt, type Exchange } from '../exchange.ts';
import type { Drain } from '../drain.ts';
import type { Incoming } from '../incoming.ts';
import type { Judge } from '../judging.ts';
import type { KeyChoice } from '../keyChoice.ts';
import { readyLeg, type Leg } from '../legs.ts';
import type { Limits } from '../limits.ts';
import { createStreamEnd } from '../streamEnd.ts';
import { unpackedReader } from '../unpackStream.ts';
import type { UpstreamAnswer } from '../upstream.ts';
import type { Continuation, Failing, Resume } from './resumable.ts';
import { taped } from './taped.ts';

type Open = (response: UpstreamAnswer, abort: Abort, follow: () => void) => Promise<Continuation>;

type Deps = Readonly<{
  keyChoice: Pick<KeyChoice, 'take'>;
  verdicts: Pick<Verdicts, 'settle' | 'apply'>;
  breakers: Breakers;
  judge: Judge;
  drain: Pick<Drain, 'isOver'>;
  now: () => number;
}>;

/** The request whose stream it is. */
type Asked = Readonly<{
  exchange: Exchange;
  incoming: Pick<Incoming, 'route' | 'endpoint'>;
  dialect: DialectModule;
  cause: Cause;
}>;

type Options = Readonly<{
  legs: readonly Leg[];
  /** The one whose answer the client is getting; it is asked again when no other one is ready. */
  leg: Leg;
  limits: Limits;
  /** One attempt. */
  send: (leg: Leg, open: Open) => Promise<Continuation | FailedAttempt>;
}>;

const words: Readonly<Record<Failing, string>> = {
  broke: 'the stream broke after text was sent',
  'ended early': 'the stream ended without its terminator after text was sent',
  diverged: 'its text does not begin with what the client already has',
};

/** A success that is no stream of events cannot be compared with one. */
class NoStream extends Error {
  override readonly name = 'NoStream';
}

export function createResume(
  { keyChoice, verdicts, breakers, judge, drain, now }: Deps,
  asking: Asked,
  { legs, leg: first, limits, send }: Options,
): Resume {
  const { exchange, incoming, dialect, cause } = asking;
  const end = createStreamEnd({ breakers, judge, now });
  let asked = first;

  const open: Open = async ({ headers, body }, abort, follow) => {
    if (!body || !headers.get('content-type')?.startsWith('text/event-stream')) {
      throw new NoStream('the answer is no stream of events');
    }
    follow();
    const stream = await taped({
      reader: unpackedReader(body, headers),
      watch: dialect.terminator(incoming.route.route),
      head: { headers, dialect, provider: exchange.provider },
      isRead: false,
      errorBytes: limits.errorBytes,
    });
    return { stream, abort };
  };

  const next = (): Leg | undefined => {
    const others = legs.filter((leg) => leg !== asked);
    return (
      readyLeg(others, keyChoice, breakers, false) ?? readyLeg([asked], keyChoice, breakers, false)
    );
  };

  const settle = ({ target, taken }: Leg, startedAtMs: number, failure?: FailedAttempt) => {
    const { id } = target.provider;
    if (taken) verdicts.settle(id, taken, !failure, cause);
    if (!failure) {
      breakers.succeeded(id, cause);
      return;
    }
    breakers.failed(id, failure.verdict, startedAtMs, cause);
    if (!taken) return;
    const about = { provider: id, key: taken.key, model: target.model, startedAtMs, cause };
    verdicts.apply(about, failure.verdict);
  };

  const isOver = () =>
    exchange.attempts.length >= limits.attempts ||
    elapsedMs(exchange) >= limits.deadlineMs ||
    drain.isOver;

  return {
    failed(how) {
      if (how !== 'diverged' && !drain.isOver) end.broke(asking, 'truncated');
      const last = exchange.attempts.pop();
      if (!last) return;
      const durationMs = Math.round(elapsedMs(exchange)) - last.startedMs;
      const verdict = { verdict: 'transient', ruleId: 'stream.broken', error: words[how] };
      exchange.attempts.push({ ...last, ...verdict, durationMs });
    },
    async next() {
      for (let leg = isOver() ? undefined : next(); leg; leg = isOver() ? undefined : next()) {
        const startedAtMs = now();
        const startedMs = elapsedMs(exchange);
        const result = await send(leg, open);
        const failure = 'kind' in result ? result : undefined;
        const status = failure ? (failure.answer?.status ?? 0) : 200;
        noteAttempt(exchange, startedMs, status, failure?.verdict);
        settle(leg, startedAtMs, failure);
        asked = leg;
        if (!('kind' in result)) return result;
        leg.isSpent = true;
      }
      return null;
    },
  };
}
