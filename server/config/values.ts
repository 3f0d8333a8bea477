/** From the text of a variable to a value; each parser names the variable and never repeats a secret. */
import { isForbiddenHost } from '../providers/forbiddenHosts.ts';

/** What stops the start: which variable, what is wrong with it, what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Parse<T> = (text: string, name: string) => T;

const wrong = (name: string, text: string, fault: string, remedy: string): ConfigError =>
  new ConfigError(`${name} is ${JSON.stringify(text.slice(0, 200))}, ${fault}: ${remedy}`);

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f]/;
const hasControlCharacter = (text: string): boolean => controlCharacter.test(text);

export const parseText: Parse<string> = (text) => text.trim();

/** Taken as it is: spaces at either end belong to a password. */
export const parseSecret: Parse<string> = (text, name) => {
  if (hasControlCharacter(text))
    throw new ConfigError(`${name} holds a control character (a line break?): remove it`);
  return text;
};

const truths = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

export const parseBoolean: Parse<boolean> = (text, name) => {
  const value = truths.get(text.trim().toLowerCase());
  if (value !== undefined) return value;
  throw wrong(
    name,
    text,
    'which is neither yes nor no',
    'use true, 1, yes, on, false, 0, no or off',
  );
};

/** Many tools share the variable `DEBUG`; a value meant for another one says nothing here. */
export const parseSharedBoolean: Parse<boolean> = (text) =>
  truths.get(text.trim().toLowerCase()) ?? false;

export const parseInteger =
  (least: number, most: number): Parse<number> =>
  (text, name) => {
    const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw wrong(name, text, 'which does not fit', `use a whole number from ${least} to ${most}`);
  };

/** A number with decimals. */
export const parseNumber =
  (least: number, most: number): Parse<number> =>
  (text, name) => {
    const value = /^\d{1,9}(\.\d{1,9})?$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw wrong(name, text, 'which does not fit', `use a number from ${least} to ${most}`);
  };

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];
const otherLevels: Readonly<Record<string, LogLevel>> = { warning: 'warn', critical: 'fatal' };

export const parseLogLevel: Parse<LogLevel> = (text, name) => {
  const word = text.trim().toLowerCase();
  const level = logLevels.find((known) => known === word) ?? otherLevels[word];
  if (level) return level;
  throw wrong(name, text, 'which is no log level', `use ${logLevels.join(', ')}`);
};

export const parseHost: Parse<string> = (text, name) => {
  const host = text.trim().replace(/^\[(.*)\]$/, '$1');
  if (/^[A-Za-z0-9._:%-]+$/.test(host)) return host;
  throw wrong(name, text, 'which is no address', 'use 127.0.0.1, 0.0.0.0, :: or a host name');
};

export const parseHosts: Parse<readonly string[]> = (text, name) =>
  parseList(text, name).map((entry) => {
    if (/^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?$/i.test(entry)) return entry.toLowerCase();
    throw wrong(name, entry, 'which is no host name', 'list names such as gateway.example.com');
  });

/** Comma separated, trimmed, each entry once. */
const parseList: Parse<readonly string[]> = (text) => [
  ...new Set(
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  ),
];

/** `name:url` each. A user in a URL would be shown with it: headers are for that. */
export const parseBackends: Parse<readonly string[]> = (text, name) => {
  const entries = parseList(text, name);
  const names = entries.map((entry, index) => {
    const [, called = '', address = ''] = /^([\w.-]{1,50}):(https?:\/\/.+)$/.exec(entry) ?? [];
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || url.username !== '' || url.password !== '' || url.hash !== '')
      throw new ConfigError(
        `${name}: entry ${index + 1} of ${entries.length} is no name:url: write main:http://10.0.0.5:8000, without a user`,
      );
    return called.toLowerCase();
  });
  if (new Set(names).size < names.length)
    throw new ConfigError(`${name} gives one name to two backends: name each once`);
  return entries;
};

/** What `parseBackends` has checked. */
export function backendOf(entry: string): { name: string; url: string } {
  const at = entry.indexOf(':');
  return { name: entry.slice(0, at), url: entry.slice(at + 1) };
}

/** Provider keys: an entry goes into a header, so it may hold neither spaces nor control characters. */
export const parseKeys: Parse<readonly string[]> = (text, name) => {
  const keys = parseList(text, name);
  const faulty = keys.findIndex((key) => !/^[\u0021-\u007e]+$/.test(key));
  if (faulty < 0) return keys;
  throw new ConfigError(
    `${name}: key ${faulty + 1} of ${keys.length} holds a space or a character that no header can carry: separate keys with commas`,
  );
};

const ownHeaders = /^(host|cookie|connection|transfer-encoding|upgrade|te|trailer|content-.*)$/i;

export const parseHeaderName: Parse<string> = (text, name) => {
  const header = text.trim();
  if (/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(header) && !ownHeaders.test(header)) return header;
  throw wrong(name, text, 'which cannot carry a key', 'use a header name such as X-API-Key');
};

/** An http(s) base URL without a slash at its end. */
export const parseBaseUrl: Parse<string> = (text, name) => {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ConfigError(
      `${name} is no http or https URL: give one such as https://api.example.com/v1`,
    );
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new ConfigError(
      `${name} holds a user, a query or a fragment: give the bare URL, keys have variables of their own`,
    );
  if (isForbiddenHost(url))
    throw new ConfigError(
      `${name} is a link-local or metadata address, which no provider has: give the provider's own URL`,
    );
  return url.href.replace(/\/+$/, '');
};

/** First parts of paths that are the gateway's own. */
const ownPaths = new Set(
  'api docs health mcp metrics middleware ready upload v1 v1beta ws'.split(' '),
);

/** A secret: what is wrong with it is told without it. */
export const parsePathPrefix: Parse<string> = (text, name) => {
  const prefix = text.trim().replace(/^\/+|\/+$/g, '');
  const parts = prefix.split('/');
  if (prefix.length > 200 || !parts.every((part) => /^[\w~-][\w.~-]*$/.test(part)))
    throw new ConfigError(
      `${name} is no part of a path: use letters, digits and -_.~ such as a UUID, 200 characters at most`,
    );
  if (ownPaths.has(parts[0] ?? ''))
    throw new ConfigError(`${name} begins like a path of the gateway's own: take another one`);
  return prefix;
};
