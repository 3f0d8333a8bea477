/** What a dialect is to the proxy: how it says an error, and how its streams end. */
import type { Dialect } from '../../events/provider.ts';
import type { Usage } from '../../events/traffic.ts';

export type ErrorKind =
  | 'invalid_request'
  | 'authentication'
  | 'permission'
  | 'not_found'
  | 'too_large'
  | 'rate_limit'
  | 'api'
  | 'timeout'
  | 'overloaded'
  | 'unavailable';

/** An answer of the gateway's own, before it takes the shape of the caller's dialect. */
export type GatewayError = Readonly<{
  status: number;
  kind: ErrorKind;
  code: string;
  message: string;
  retryAfterMs?: number;
  /** `false` tells the SDK that the gateway has spent its own attempts. */
  shouldRetry?: boolean;
}>;

export type ErrorAnswer = { status: number; headers: Record<string, string>; body: string };

/** `unjudged`: nothing is known about how such a stream ends, so it is passed as it came. */
export type StreamEnd = 'complete' | 'truncated' | 'unjudged';

/** Looks at a stream as it passes. Its bytes are never changed, but what would mislead a client waits. */
export type StreamWatch = {
  /** Answers with what may pass now, which may be nothing: half an event waits for its other half. */
  push(chunk: Uint8Array): Uint8Array;
  /** To be called after the last chunk or when the upstream broke. */
  end(): StreamEnd;
  /** The data of an error of the vendor's own, with which it ended the stream; null where it did not. */
  failure(): string | null;
  usage(): Usage | null;
  /** Ids in the stream that later requests may refer to. */
  ids(): string[];
  /** A complete event has passed; comments do not count. */
  sawEvent(): boolean;
  /** What came instead of the first event is none of the dialect. */
  isMalformed(): boolean;
  /** Where the client is, a comment or an error block may be inserted. */
  betweenEvents(): boolean;
  /** After `end`: what was held back of a complete stream, and what it lacks before it may be closed; or null. */
  missingTail(): Uint8Array | null;
};

/** What a client asked for, and where: the gateway as the client sees it. */
type Asked = Readonly<{ origin: string; headers: Headers; route: Readonly<{ route: string }> }>;

export type DialectModule = {
  name: Dialect;
  errorBody(error: GatewayError, requestId: string): ErrorAnswer;
  /** One whole SSE block that makes the official SDK throw. */
  inBandError(error: GatewayError): Uint8Array;
  terminator(route: string): StreamWatch;
  usageOfPlain(body: Uint8Array, route: string): Usage | null;
  /** From the last bytes of a plain body that was too large to hold. */
  usageOfTail(tail: Uint8Array, route: string): Usage | null;
  /**
   * The body with the gateway's address where an SDK goes on to what it reads there, with the key of its caller; null
   * where nothing is.
   */
  readdressed?(body: Uint8Array, asked: Asked): Uint8Array<ArrayBuffer> | null;
};

/** Goes before `inBandError` when the stream broke inside an event. */
export const eventBreak: Uint8Array = new TextEncoder().encode('\n\n');

/** An SDK waits as long as it is told, in silence, and an hour is a hang: from here on its caller hears at once. */
const longestSilentWaitMs = 60_000;

/** What every error of the gateway carries. `idHeader` is where the dialect's SDK looks for the id of a request. */
export function errorHeaders(
  error: GatewayError,
  requestId: string,
  idHeader?: string,
): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-signalbox-request-id': requestId,
  };
  if (idHeader !== undefined) headers[idHeader] = requestId;
  const waitMs = Math.max(0, Math.ceil(error.retryAfterMs ?? 0));
  if (error.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.ceil(waitMs / 1000));
    headers['retry-after-ms'] = String(waitMs);
  }
  if (error.shouldRetry === false || waitMs > longestSilentWaitMs) {
    headers['x-should-retry'] = 'false';
  }
  return headers;
}
