/**
 * Asks a URL of a server. Where its name leads is looked at each time it is dialled, and no other address is dialled
 * than the one that was looked at. The operator's word is enough for this machine and its network, never for an address
 * at which clouds hand out credentials. Redirects are not followed.
 */
import { isIP } from 'node:net';
import type { Lookup } from '../../providers/baseUrl.ts';
import { hostOf, isForbiddenAddress, isForbiddenHost } from '../../providers/forbiddenHosts.ts';
import { LinkDown, NotSent } from '../rpc/link.ts';
import type { Dial } from './http.ts';

type Options = Readonly<{
  lookUp: Lookup;
  now: () => number;
  /** A proxy outside dials, and looks names up itself. */
  isProxied: boolean;
  send?: (url: URL, init: RequestInit) => Promise<Response>;
}>;

type Found = Readonly<{ addresses: readonly string[]; untilMs: number }>;

/** Long enough for calls in a row, short enough for a server that moves. */
const believeMs = 10_000;
const lookupMs = 5_000;
const mostNames = 1_000;
/** Nothing has been sent where no connection was made. */
const isUnreached = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /ECONNREFUSED|ConnectionRefused|EHOSTUNREACH|ENETUNREACH|FailedToOpenSocket/.test(
    String(error.code),
  );

/** The SDK would follow one to the same origin. */
async function unlessSentOn(response: Response): Promise<Response> {
  const { status } = response;
  if (status < 300 || status >= 400) return response;
  await response.body?.cancel();
  throw new LinkDown(`it sends on to another address (HTTP ${status}), which is not followed`);
}

const refused = (host: string): NotSent =>
  new NotSent(`${host} is a link-local or metadata address, which is never dialled`);

export function createDialUrl(options: Options): Dial {
  const { lookUp, now, isProxied, send = fetch } = options;
  const known = new Map<string, Found>();

  const find = async (host: string): Promise<readonly string[]> => {
    const found = known.get(host);
    if (found && found.untilMs > now()) return found.addresses;
    const timer = Promise.withResolvers<never>();
    const handle = setTimeout(
      () => timer.reject(new NotSent(`${host} was not looked up within ${lookupMs} ms`)),
      lookupMs,
    );
    const addresses = await Promise.race([lookUp(host), timer.promise])
      .catch((error: unknown) => {
        const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
        throw error instanceof NotSent ? error : new NotSent(`${host} has no address${code}`);
      })
      .finally(() => clearTimeout(handle));
    if (addresses.some(isForbiddenAddress)) throw refused(host);
    if (known.size >= mostNames) known.clear();
    known.set(host, { addresses, untilMs: now() + believeMs });
    return addresses;
  };

  return async (to, init = {}) => {
    const url = typeof to === 'string' ? new URL(to) : to;
    const host = hostOf(url);
    if (isForbiddenHost(url)) throw refused(host);
    // An answer may be silent for as long as the caller waits: fetch has no say in that.
    const patient = { ...init, redirect: 'manual', timeout: false } as RequestInit;
    const isOwn = host === 'localhost' || host.endsWith('.localhost');
    if (isIP(host) || isOwn || isProxied) return unlessSentOn(await send(url, patient));
    const headers = new Headers(init.headers);
    headers.set('host', url.host);
    const tls = url.protocol === 'https:' && { tls: { serverName: host } };
    const pinned = { ...patient, headers, ...tls } as RequestInit;
    let last: Error = new NotSent(`${host} has no address`);
    for (const address of await find(host)) {
      const there = new URL(url);
      there.hostname = isIP(address) === 6 ? `[${address}]` : address;
      try {
        return await unlessSentOn(await send(there, pinned));
      } catch (error) {
        if (!isUnreached(error)) throw error;
        last = error as Error;
      }
    }
    known.delete(host);
    throw last;
  };
}
