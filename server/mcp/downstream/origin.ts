/** Requests that a web page makes a browser send: only this machine's pages, and those of allowed names, may. */
import { isLoopback } from '../../config/places.ts';

type Options = Readonly<{ host: string; allowedHosts: readonly string[] }>;

const hostname = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');

/** What is wrong with where a request comes from; undefined when nothing is. */
export function createOriginCheck({ host: listensOn, allowedHosts }: Options) {
  const allowed = new Set(allowedHosts.map(hostname));
  const isAllowed = (host: string) => isLoopback(hostname(host)) || allowed.has(hostname(host));

  return (headers: Headers): string | undefined => {
    const host = headers.get('host') ?? '';
    // A name that was rebound to this machine reaches only what listens on loopback.
    if (isLoopback(listensOn) && !isAllowed(host))
      return `the Host "${host.slice(0, 100)}" is not this machine; add it to ALLOWED_HOSTS if it is yours`;
    const origin = headers.get('origin');
    if (origin === null) return undefined;
    const from = URL.canParse(origin) ? new URL(origin).host : undefined;
    const isOwn = from !== undefined && (isAllowed(from) || from === host.toLowerCase());
    return isOwn ? undefined : 'a page of another origin may not use this gateway';
  };
}
