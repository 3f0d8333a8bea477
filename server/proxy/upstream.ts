/** The one place where a request leaves for a vendor. */
import type { AbortState } from './abort.ts';
import { headersOf, passedOn, type HeaderLines } from './headers.ts';
import type { VendorHeaders } from './vendorHeaders.ts';
import type { TransportFault } from '../../actors/providerKey/evidence.ts';

export type UpstreamRequest = Readonly<{
  method: string;
  url: string;
  /** Without Host, Content-Length and what belongs to a connection. */
  headers: HeaderLines;
  body: Uint8Array<ArrayBuffer> | null;
  /** False for what makes something: it is sent once, or it fails. */
  isRepeatable: boolean;
}>;

export type ReadResult = Readonly<
  { done: false; value: Uint8Array } | { done: true; value?: Uint8Array | undefined }
>;

export type BodyReader = Readonly<{ read: () => Promise<ReadResult> }>;

/** A body's bytes as they come, read once. A reader that stops reading stops the sender. */
export type UpstreamBody = Readonly<{
  getReader: () => BodyReader;
  /** All of it; undefined once it is larger than that, and then a reader gets it from its beginning. */
  bytes: (mostBytes: number) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}>;

/** A body that comes, or one that is there already. */
export type AnswerBody = UpstreamBody | Uint8Array<ArrayBuffer>;

/** An answer whose head is there. */
export type UpstreamAnswer = Readonly<{
  status: number;
  /** Only what can be passed on to a client. */
  headers: VendorHeaders;
  /** All of it where it came with the head, as a small one does; null when there is none. */
  body: AnswerBody | null;
}>;

/** Reads a body piece by piece, also one that is there already. */
export function readerOf(body: AnswerBody): BodyReader {
  if (!(body instanceof Uint8Array)) return body.getReader();
  let left: Uint8Array | undefined = body;
  return {
    read() {
      const value = left;
      left = undefined;
      return Promise.resolve(value ? { done: false, value } : { done: true });
    },
  };
}

/**
 * Sends a request and answers with the head of the answer; the body has not been read. The signal ends the request
 * and the reading of its answer.
 */
export type Upstream = (request: UpstreamRequest, signal: AbortState) => Promise<UpstreamAnswer>;

/**
 * `decompress: false`: bytes pass as they are. `timeout: false`: Bun would give up after five minutes; the caller's
 * signal decides. Redirects are not followed: a credential would go along.
 */
export const fetchUpstream: Upstream = async ({ method, url, headers, body }, state) => {
  const abort = new AbortController();
  state.addEventListener('abort', () => abort.abort(state.reason));
  if (state.aborted) abort.abort(state.reason);
  const init = {
    method,
    headers: headersOf(headers),
    body,
    signal: abort.signal,
    redirect: 'manual',
    decompress: false,
    // Not in the types of Bun 1.4.
    timeout: false,
  } as const;
  const answer = await fetch(url, init);
  return {
    status: answer.status,
    headers: passedOn(answer.headers),
    body: bodyOf(answer),
  };
};

function bodyOf({ body }: Response): UpstreamBody | null {
  if (!body) return null;
  const reader = body.getReader();
  const kept: Uint8Array[] = [];
  return {
    getReader: () => ({
      read() {
        const value = kept.shift();
        return value ? Promise.resolve({ done: false, value }) : reader.read();
      },
    }),
    async bytes(mostBytes) {
      for (let size = 0; size <= mostBytes;) {
        const { done, value } = await reader.read();
        if (done) return Buffer.concat(kept);
        kept.push(value);
        size += value.byteLength;
      }
      return undefined;
    },
  };
}

const faults: Readonly<Record<string, TransportFault>> = {
  ConnectionRefused: 'refused',
  ECONNREFUSED: 'refused',
  FailedToOpenSocket: 'refused',
  ConnectionClosed: 'reset',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'unreachable',
  ConnectionTimeout: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  Timeout: 'timeout',
  ENOTFOUND: 'dns',
  DNSResolveFailed: 'dns',
  EAI_AGAIN: 'dns',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
};

/** What an error means for the connection. */
export function transportFault(error: unknown): TransportFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return faults[code] ?? (code.startsWith('ERR_TLS') ? 'tls' : 'other');
}

const neverSent: ReadonlySet<TransportFault> = new Set(['refused', 'unreachable', 'dns', 'tls']);

/** True when no byte of the request can have reached the vendor. */
export const isUnsent = (fault: TransportFault | null): boolean =>
  fault !== null && neverSent.has(fault);
