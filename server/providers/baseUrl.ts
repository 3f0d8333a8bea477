/** Whether a provider's base URL may be used: never a metadata service, never this gateway itself. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { refuseOwnUrl } from '../config/places.ts';
import { ConfigError } from '../config/values.ts';
import { hostOf, isForbiddenAddress, isForbiddenHost } from './forbiddenHosts.ts';
import { Problem } from '../http/problem.ts';

/** All addresses of a name. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

export const systemLookup: Lookup = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

const lookupMs = 3_000;

const refused = (detail: string): Problem => new Problem(422, 'INVALID_BASE_URL', detail);

/** A name that does not resolve now may resolve later: nothing is known against it. */
async function addressesOf(hostname: string, lookUp: Lookup): Promise<readonly string[]> {
  const timeIsUp = new Promise<readonly string[]>((resolve) => {
    setTimeout(() => resolve([]), lookupMs).unref();
  });
  return Promise.race([lookUp(hostname).catch(() => []), timeIsUp]);
}

async function refuseMetadata(url: URL, lookUp: Lookup): Promise<void> {
  const host = hostOf(url);
  const isForbidden =
    isForbiddenHost(url) ||
    (!isIP(host) && (await addressesOf(host, lookUp)).some(isForbiddenAddress));
  if (!isForbidden) return;
  throw refused(`base_url: ${host} is a link-local or metadata address, which no provider has.`);
}

export type OwnPlace = Readonly<{ host: string; port: number; allowedHosts: readonly string[] }>;

/**
 * The URL in the form in which it is kept, without a slash at its end.
 * @throws {Problem} INVALID_BASE_URL that says what is wrong with it.
 */
export async function checkedBaseUrl(text: string, own: OwnPlace, lookUp: Lookup): Promise<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refused('base_url: give an http or https URL such as https://api.example.com/v1');
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(
      'base_url: it holds a user or password; keys are added by POST /api/provider-keys',
    );
  }
  if (/[?#]/.test(text)) throw refused('base_url: it holds a query or a fragment; leave it out');
  const baseUrl = url.href.replace(/\/+$/, '');
  await refuseMetadata(url, lookUp);
  try {
    refuseOwnUrl('base_url', baseUrl, own);
  } catch (error) {
    if (error instanceof ConfigError) throw refused(error.message);
    throw error;
  }
  return baseUrl;
}
