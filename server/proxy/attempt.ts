/** One try at one key: send, look at the head of the answer, and let the judge speak when it is no success. */
import type { Evidence, TransportFault, Verdict } from '../../actors/providerKey/evidence.ts';
import type { Dialect } from '../../events/provider.ts';
import { createAbort, type Abort } from './abort.ts';
import type { Judge } from './judging.ts';
import type { Drain } from './drain.ts';
import { AnswerEndedEarly, FalseAnswer, type VendorAnswer } from './falseAnswer.ts';
import type { Limits } from './limits.ts';
import { unpacked } from './packing.ts';
import { endLimit, startLimit, timeIsOver } from './timeLimits.ts';
import {
  isUnsent,
  readerOf,
  transportFault,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from './upstream.ts';
import { headersFrom } from './vendorHeaders.ts';

export type FailedAttempt = Readonly<{
  kind: 'failed';
  verdict: Verdict;
  fault: TransportFault | null;
  answer: VendorAnswer | null;
}>;

/** Who waits for the answer. Bun makes a request's signal when it is first looked at: that is done late. */
export type Caller = Readonly<{
  request: Readonly<{ signal: AbortSignal }>;
  /** Called once an answer takes longer than a moment. */
  onSlow: () => void;
}>;

export type AttemptOptions = Readonly<{
  upstream: Upstream;
  request: UpstreamRequest;
  judge: Judge;
  /** Its id. */
  provider: string;
  dialect: Dialect;
  endpoint: Evidence['endpoint'];
  /** Its signal is aborted when the client leaves. */
  client: Caller;
  /** Until the answer is open: its first event, or all of it when it is small. */
  limitMs: number;
  limits: Limits;
  /** Of the gateway that it is a part of, and ends with. */
  drain?: Drain;
  now: () => number;
}>;

/**
 * Sends the request; `open` gets the head of a success and answers when enough of it is there. Whatever breaks before
 * that is a failure of the attempt, and so is an answer that is none. `follow` is for `open` to call when the answer
 * goes on after it: from then on the upstream is left when the client leaves.
 */
export async function attempt<Opened extends object>(
  options: AttemptOptions,
  open: (response: UpstreamAnswer, abort: Abort, follow: () => void) => Opened | Promise<Opened>,
): Promise<Opened | FailedAttempt> {
  const { upstream, request, client } = options;
  const abort = createAbort();
  // To look after the client costs more than most of what a short request needs: it is done for those that take long.
  const follow = () => {
    client.onSlow();
    const { signal } = client.request;
    if (signal.aborted) abort.abort(signal.reason);
    else signal.addEventListener('abort', () => abort.abort(signal.reason), { once: true });
  };
  const limit = startLimit(abort, options.limitMs, follow, options.drain);
  try {
    const response = await upstream(request, abort.signal);
    if (response.status < 400) {
      const opened = open(response, abort, follow);
      return opened instanceof Promise ? await opened : opened;
    }
    const answer = await readAnswer(response, options.limits.errorBytes);
    abort.abort();
    return client.request.signal.aborted
      ? failed(options, null, 'aborted')
      : failed(options, answer, null);
  } catch (error) {
    const fault = faultOf(error, abort, client.request.signal);
    abort.abort();
    const isFalse = error instanceof FalseAnswer && fault !== 'aborted';
    return isFalse ? failed(options, error.answer, null) : failed(options, null, fault);
  } finally {
    endLimit(limit);
  }
}

function faultOf(error: unknown, abort: Abort, client: AbortSignal): TransportFault {
  if (client.aborted) return 'aborted';
  if (error instanceof AnswerEndedEarly) return 'truncated';
  return abort.signal.reason === timeIsOver ? 'timeout' : transportFault(error);
}

function failed(
  {
    judge,
    provider,
    dialect,
    endpoint,
    now,
  }: Pick<AttemptOptions, 'judge' | 'provider' | 'dialect' | 'endpoint' | 'now'>,
  answer: VendorAnswer | null,
  fault: TransportFault | null,
): FailedAttempt {
  const verdict = judge({
    provider,
    dialect,
    endpoint,
    status: answer?.status ?? 0,
    headers: answer ? headersFrom(answer.headers) : new Headers(),
    body: answer ? decodedText(answer) : '',
    phase: answer ? 'headers' : isUnsent(fault) ? 'connect' : 'first-byte',
    transport: fault,
    bytesSent: 0,
    nowMs: now(),
  });
  return { kind: 'failed', verdict, fault, answer };
}

/** The head of a vendor's error, which is never streamed to the client: another key may answer yet. */
async function readAnswer(response: UpstreamAnswer, mostBytes: number): Promise<VendorAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = response.body && readerOf(response.body);
    while (reader && size < mostBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
  } catch {
    // Its status and headers say enough: a limit is a limit, also when its explanation breaks off.
  }
  return { status: response.status, headers: response.headers, body: Buffer.concat(chunks) };
}

/** A copy of the body without its content encoding; the body as it is when that fails. */
export const decoded = (body: Uint8Array, encoding: string | null): Uint8Array =>
  encoding === null ? body : (unpacked(body, encoding) ?? body);

const decodedText = ({ body, headers }: VendorAnswer): string =>
  new TextDecoder().decode(decoded(body, headers.get('content-encoding')));
