/** Where things are: the data folder, the database, NATS, and whether an address is this gateway's own. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError } from './values.ts';

export const isLoopback = (host: string): boolean =>
  /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);

const isEveryAddress = (host: string): boolean => /^(0\.0\.0\.0|::)$/.test(host);

/** Makes the folder, for its owner only; answers with its full path. */
export function dataDirOf(text: string): string {
  const path = resolve(text);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new ConfigError(
      `DATA_DIR is ${path}, which cannot be used (${code}): choose a folder this user may write to`,
    );
  }
  return path;
}

/** `sqlite:///relative.db` and `sqlite:////absolute.db`, as SQLAlchemy writes them. */
export function databasePathOf(url: string | null, dataDir: string): string {
  if (url === null) return join(dataDir, 'signalbox.db');
  if (/^postgres(ql)?(\+\w+)?:/i.test(url))
    throw new ConfigError(
      'DATABASE_URL names PostgreSQL, which cannot be used in this version yet: use sqlite:///file.db or unset it',
    );
  const [, path] = /^sqlite:\/\/\/([^?#]+)/i.exec(url) ?? [];
  if (path === undefined || path === ':memory:')
    throw new ConfigError(
      'DATABASE_URL names no file: use sqlite:///relative.db, sqlite:////absolute.db or unset it',
    );
  return resolve(path);
}

/** Servers of NATS_URL (comma separated), checked; user and password stay in the text. */
export function natsUrlOf(text: string): string {
  const servers = text.split(',').map((one) => one.trim());
  for (const [index, server] of servers.entries()) {
    const url = URL.canParse(server) ? new URL(server) : undefined;
    if (!url || !/^(nats|tls):$/.test(url.protocol) || url.hostname === '')
      throw new ConfigError(
        `NATS_URL: server ${index + 1} of ${servers.length} is no NATS URL: write nats://user:password@host:4222`,
      );
    if (url.username !== '' && url.password === '')
      throw new ConfigError(
        `NATS_URL: server ${index + 1} of ${servers.length} has a user without a password: write nats://user:password@host:4222`,
      );
  }
  return servers.join(',');
}

/** How clients reach the log, without the credentials in the addresses. */
export type NatsAccess = Readonly<{
  /** One address, or several separated by commas. */
  servers: string;
  user: string;
  pass: string;
}>;

/** The credentials are those of the first server that has some. */
export function natsAccessOf(natsUrl: string): NatsAccess {
  const urls = natsUrl.split(',').map((one) => new URL(one));
  const withUser = urls.find((url) => url.username !== '');
  const servers = urls.map((url) => `${url.protocol}//${url.hostname}:${url.port || '4222'}`);
  return {
    servers: servers.join(','),
    user: decodeURIComponent(withUser?.username ?? ''),
    pass: decodeURIComponent(withUser?.password ?? ''),
  };
}

const addressesOfThisMachine = (): string[] => [
  hostname().toLowerCase(),
  ...Object.values(networkInterfaces()).flatMap((many) => many?.map((one) => one.address) ?? []),
];

/** Refuses a base URL that leads back here: each request would call itself until something breaks. */
export function refuseOwnUrl(
  name: string,
  baseUrl: string,
  own: { host: string; port: number; allowedHosts: readonly string[] },
): void {
  const url = new URL(baseUrl);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const names = [
    own.host.toLowerCase(),
    ...own.allowedHosts.map((allowed) => allowed.replace(/:\d+$/, '')),
    ...(isEveryAddress(own.host) ? addressesOfThisMachine() : []),
  ];
  const local = isLoopback(own.host) || isEveryAddress(own.host);
  const isOwnHost = names.includes(host) || (local && (isLoopback(host) || isEveryAddress(host)));
  if (port !== own.port || !isOwnHost) return;
  throw new ConfigError(
    `${name} is ${baseUrl}, which is this gateway itself: give the provider's own URL, or unset it`,
  );
}
