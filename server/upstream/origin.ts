/** Where a URL leads, taken apart once for all requests that go there. */
export type Origin = Readonly<{
  isSecure: boolean;
  hostname: string;
  port: number;
  /** As the Host header names it. */
  host: string;
  /** How many characters of a URL name the origin. */
  length: number;
}>;

/** The part of an absolute URL before its path. */
export function originText(url: string): string {
  const start = url.indexOf('//') + 2;
  const slash = url.indexOf('/', start);
  return slash === -1 ? url : url.slice(0, slash);
}

/** @throws TypeError when the text is no origin of http or https. */
export function parseOrigin(text: string): Origin {
  const { protocol, hostname, host, port, username } = new URL(text);
  const isSecure = protocol === 'https:';
  if ((!isSecure && protocol !== 'http:') || username !== '') throw new TypeError(`no HTTP origin`);
  return {
    isSecure,
    // An IPv6 address has brackets in a URL only.
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    host,
    length: text.length,
  };
}
