/** A webhook as an operator sets it, and what is wrong with one. */
import { createHash } from 'node:crypto';
import { isForbiddenHost } from '../providers/forbiddenHosts.ts';
import type { NoticeType } from './notices.ts';

export type Endpoint = Readonly<{
  url: string;
  /** What it is told of; everything when it names nothing or `*`. */
  events: readonly (NoticeType | '*')[];
}>;

export const isTold = ({ events }: Endpoint, type: NoticeType): boolean =>
  events.length === 0 || events.includes(type) || events.includes('*');

export const readerPrefix = 'webhook-';

/** All gateways tell an endpoint together, under this name. It says nothing about the address, which may be secret. */
export const readerOf = ({ url }: Endpoint): string =>
  readerPrefix + createHash('sha256').update(url).digest('hex').slice(0, 24);

function problemIn(url: string): string | undefined {
  if (!URL.canParse(url)) return 'is no URL';
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    return 'is neither http nor https';
  if (parsed.username || parsed.password) return 'holds a user or password; leave them out';
  return isForbiddenHost(parsed) ? 'is a link-local or metadata address' : undefined;
}

/** What is wrong with a list of webhooks that has the right form; says which one, and not its address. */
export function problemInWebhooks(value: unknown): string | undefined {
  const webhooks = value as readonly Endpoint[];
  for (const [index, { url }] of webhooks.entries()) {
    const problem = problemIn(url);
    if (problem) return `the url of webhook ${index + 1} ${problem}`;
    if (webhooks.findIndex((other) => other.url === url) < index) {
      return `webhook ${index + 1} has the url of another one`;
    }
  }
  return undefined;
}
