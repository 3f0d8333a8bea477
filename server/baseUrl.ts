/** Whether a provider's base URL may be used: never a metadata service, never this gateway itself. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { refuseOwnUrl } from './configPlaces.ts';
import { ConfigError } from './configValues.ts';
import { Problem } from './problem.ts';

/** All addresses of a name. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

export const systemLookup: Lookup = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/** Where clouds hand credentials to whoever asks from inside. */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
/** Azure's wire server, Alibaba's and Oracle's metadata. */
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
/** 169.254/16 as NAT64 writes it. */
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const forbiddenNames = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
]);

const lookupMs = 3_000;

/** An IPv4 address inside an IPv6 one counts as what it is. */
const isForbiddenAddress = (address: string): boolean =>
  forbidden.check(address.replace(/%.*$/, ''), isIP(address) === 6 ? 'ipv6' : 'ipv4');

const refused = (detail: string): Problem => new Problem(422, 'INVALID_BASE_URL', detail);

/** A name that does not resolve now may resolve later: nothing is known against it. */
async function addressesOf(hostname: string, lookUp: Lookup): Promise<readonly string[]> {
  const timeIsUp = new Promise<readonly string[]>((resolve) => {
    setTimeout(() => resolve([]), lookupMs).unref();
  });
  return Promise.race([lookUp(hostname).catch(() => []), timeIsUp]);
}

async function refuseMetadata(url: URL, lookUp: Lookup): Promise<void> {
  // The URL parser has turned every spelling of an IPv4 address into the usual one.
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const addresses = isIP(hostname) ? [hostname] : await addressesOf(hostname, lookUp);
  if (forbiddenNames.has(hostname) || addresses.some(isForbiddenAddress)) {
    throw refused(
      `base_url: ${hostname} is a link-local or metadata address, which no provider has.`,
    );
  }
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
