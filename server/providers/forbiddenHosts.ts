/** Where clouds hand credentials to whoever asks from inside: no provider lives there. */
import { BlockList, isIP } from 'node:net';

const addresses = new BlockList();
addresses.addSubnet('169.254.0.0', 16, 'ipv4');
addresses.addSubnet('fe80::', 10, 'ipv6');
addresses.addAddress('fd00:ec2::254', 'ipv6');
/** Azure's wire server, Alibaba's and Oracle's metadata. */
addresses.addAddress('168.63.129.16', 'ipv4');
addresses.addAddress('100.100.100.200', 'ipv4');
addresses.addAddress('192.0.0.192', 'ipv4');
/** 169.254/16 as NAT64 writes it. */
addresses.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const names = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** An IPv4 address inside an IPv6 one counts as what it is. */
export const isForbiddenAddress = (address: string): boolean =>
  addresses.check(address.replace(/%.*$/, ''), isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A URL's host without brackets and without the dot of a full name. */
export const hostOf = (url: URL): string =>
  url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** By the host as it is written. The URL parser has turned every spelling of an IPv4 address into the usual one. */
export function isForbiddenHost(url: URL): boolean {
  const host = hostOf(url);
  return isIP(host) ? isForbiddenAddress(host) : names.has(host);
}
