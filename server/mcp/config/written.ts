/** A server's configuration as somebody wrote it, in the words of Claude's `mcpServers`. Secrets are still in it. */
import { t, type Static } from 'elysia';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import {
  mcpPrefix,
  type McpCallRules,
  type McpPrefix,
  type McpTransport,
} from '../../../events/mcpServer.ts';
import { callRulesOf, writtenCallRules } from './callRules.ts';

const texts = t.Record(t.String(), t.String());

/** The fields that a configuration may have, in both spellings where there are two. */
export const writtenFields = {
  command: t.Optional(t.String({ minLength: 1 })),
  args: t.Optional(t.Array(t.String())),
  env: t.Optional(texts),
  cwd: t.Optional(t.String({ minLength: 1 })),
  url: t.Optional(t.String({ minLength: 1 })),
  headers: t.Optional(texts),
  transport: t.Optional(t.String()),
  type: t.Optional(t.String()),
  transport_type: t.Optional(t.String()),
  stateless: t.Optional(t.Boolean()),
  disabled: t.Optional(t.Boolean()),
  enabled: t.Optional(t.Boolean()),
  disabled_tools: t.Optional(t.Array(t.String())),
  disabledTools: t.Optional(t.Array(t.String())),
  ...writtenCallRules,
  prefix: t.Optional(mcpPrefix),
};
/** In a file there may be more: fields of other programs. */
const writtenSchema = t.Object(writtenFields);
type Written = Static<typeof writtenSchema>;

/** The same, complete and checked. */
export type WrittenServer = Readonly<{
  transport: McpTransport;
  command: string | null;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string | null;
  url: string | null;
  headers: Readonly<Record<string, string>>;
  stateless: boolean;
  isEnabled: boolean;
  toolsOff: readonly string[];
  /** It is reached through the pool of backends: nobody writes that. */
  isPooled?: boolean;
  /** Undefined where every call is as usual. */
  calls: McpCallRules | undefined;
  prefix: McpPrefix;
}>;

/** What is wrong with a configuration; names the field and never repeats a value. */
export class BadServer extends Error {
  override readonly name = 'BadServer';
}

const transports: Readonly<Record<string, McpTransport>> = {
  stdio: 'stdio',
  sse: 'sse',
  http: 'http',
  https: 'http',
  'streamable-http': 'http',
  streamable_http: 'http',
  streamablehttp: 'http',
};

const check = TypeCompiler.Compile(writtenSchema);

function transportOf(written: Written): McpTransport {
  const named = written.transport ?? written.type ?? written.transport_type;
  if (named !== undefined) {
    const transport = transports[named.toLowerCase()];
    if (transport) return transport;
    throw new BadServer('its transport is none of stdio, sse and http');
  }
  if (written.command !== undefined) return 'stdio';
  // The usual ending of an endpoint of 2024.
  return /\/sse\/?($|\?)/.test(written.url ?? '') ? 'sse' : 'http';
}

function mustBeUrl(text: string): void {
  // What stands in for a variable is looked at when it is known.
  const filled = text.replaceAll(/\$\{[^}]*\}/g, 'x');
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return;
  if (text.startsWith('${')) return;
  throw new BadServer('its url is no http or https address');
}

/** @throws {BadServer} */
export function writtenServer(value: unknown): WrittenServer {
  if (!check.Check(value)) {
    const fault = check.Errors(value).First();
    throw new BadServer(`${fault?.path.slice(1).replaceAll('/', '.') || 'it'}: ${fault?.message}`);
  }
  const transport = transportOf(value);
  const { command, url } = value;
  if (transport === 'stdio' && command === undefined) throw new BadServer('it has no command');
  if (transport !== 'stdio') {
    if (url === undefined) throw new BadServer('it has no url');
    mustBeUrl(url);
  }
  for (const name of Object.keys(value.headers ?? {})) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new BadServer('a header has an impossible name');
  }
  const isStdio = transport === 'stdio';
  return {
    transport,
    command: isStdio ? (command ?? null) : null,
    args: isStdio ? (value.args ?? []) : [],
    env: isStdio ? (value.env ?? {}) : {},
    cwd: isStdio ? (value.cwd ?? null) : null,
    url: isStdio ? null : (url ?? null),
    headers: isStdio ? {} : (value.headers ?? {}),
    stateless: value.stateless ?? false,
    isEnabled: value.enabled ?? !(value.disabled ?? false),
    toolsOff: value.disabled_tools ?? value.disabledTools ?? [],
    calls: callRulesOf(value),
    prefix: value.prefix ?? 'always',
  };
}
