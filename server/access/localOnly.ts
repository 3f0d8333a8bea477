/**
 * An open gateway serves the machine it runs on and nobody else: no web page of another site (Origin,
 * Sec-Fetch-Site), no name that was rebound to loopback (Host), no tunnel or proxy in front (Forwarded, Via).
 */
import { isLoopback } from '../config/places.ts';

const forwardedHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/** A Host header's name: without port, and without the brackets of an IPv6 address. */
const hostname = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');

export type LocalOnly = (headers: Headers) => string | undefined;

/** Answers with what is wrong with a request to an open gateway, or undefined when nothing is. */
export function createLocalOnly(allowedHosts: readonly string[]): LocalOnly {
  const allowed = new Set(allowedHosts.map(hostname));
  const isAllowed = (host: string) => isLoopback(hostname(host)) || allowed.has(hostname(host));

  return (headers) => {
    const host = headers.get('host');
    if (host === null || !isAllowed(host)) {
      return `the Host "${(host ?? '').slice(0, 100)}" is not this machine; add it to ALLOWED_HOSTS if it is yours`;
    }
    const origin = headers.get('origin');
    if (origin !== null && !(URL.canParse(origin) && isAllowed(new URL(origin).host))) {
      return 'a page of another origin may not use an open gateway';
    }
    const site = headers.get('sec-fetch-site');
    if (site !== null && site !== 'same-origin' && site !== 'none') {
      return 'a page of another site may not use an open gateway';
    }
    const forwarded = forwardedHeaders.find((name) => headers.has(name));
    if (forwarded) {
      return `the request was forwarded (${forwarded}) and the gateway is open; set MIDDLEWARE_PASSWORD and client keys first`;
    }
    return undefined;
  };
}
