/** One notice to one address: signed, within a time limit, never to a place that hands out credentials. */
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type { Lookup } from '../providers/baseUrl.ts';
import { hostOf, isForbiddenAddress, isForbiddenHost } from '../providers/forbiddenHosts.ts';
import type { Notice } from './notices.ts';

/** `error` is null exactly when the receiver answered 2xx. */
export type Posted = Readonly<{
  status: number | null;
  error: string | null;
  durationMs: number;
}>;

export type Post = (url: string, notice: Notice) => Promise<Posted>;

type Options = Readonly<{
  send: (url: string, init: RequestInit) => Promise<Response>;
  lookup: Lookup;
  secretOf: (url: string) => string;
  now: () => number;
  version: string;
}>;

const signatureHeader = 'x-signalbox-signature';
const postMs = 5_000;

/** The time is signed too, so that a receiver can refuse what somebody sends again later. */
export function signatureOf(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}

/** What went wrong, without what the error's own text may quote. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `it did not answer within ${postMs / 1_000} s`;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  return `it could not be reached (${code})`;
}

export function createPost({ send, lookup, secretOf, now, version }: Options): Post {
  /** A name is looked at each time: it may lead somewhere else by now. */
  const isForbidden = async (url: URL): Promise<boolean> => {
    const host = hostOf(url);
    if (isForbiddenHost(url)) return true;
    if (isIP(host)) return false;
    return (await lookup(host)).some(isForbiddenAddress);
  };

  const tell = async (url: string, notice: Notice): Promise<Omit<Posted, 'durationMs'>> => {
    const signal = AbortSignal.timeout(postMs);
    const timeIsUp = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      if (await Promise.race([isForbidden(new URL(url)), timeIsUp])) {
        return { status: null, error: 'its name leads to a link-local or metadata address' };
      }
      const body = JSON.stringify(notice);
      const response = await send(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': `signalbox/${version}`,
          [signatureHeader]: signatureOf(secretOf(url), body, now()),
        },
        body,
        redirect: 'manual',
        signal,
      });
      void response.body?.cancel().catch(() => undefined);
      const { status } = response;
      return { status, error: response.ok ? null : `it answered ${status}` };
    } catch (error) {
      return { status: null, error: reasonOf(error) };
    }
  };

  return async (url, notice) => {
    const startedMs = performance.now();
    const told = await tell(url, notice);
    return { ...told, durationMs: Math.round(performance.now() - startedMs) };
  };
}
