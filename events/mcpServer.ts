/** Events of an MCP server: how it is reached, whether it is used, and what it offers. */
import { source } from './providerKey.ts';
import { t, type Static } from './schema.ts';

/** Something that may be secret. Its whole value is in the vault; `text` is what may be read, null where nothing may. */
const hidden = t.Object({
  name: t.String(),
  /** The value as it was written, `${VAR}` unexpanded; null for a secret. */
  text: t.Union([t.String(), t.Null()]),
});

/** `built-in` is reached without leaving the process. */
export const mcpTransport = t.Union([
  t.Literal('stdio'),
  t.Literal('sse'),
  t.Literal('http'),
  t.Literal('built-in'),
]);
export type McpTransport = Static<typeof mcpTransport>;

/** Who names a server. One that is built in is named by the gateway itself. */
export const mcpSource = t.Union([source, t.Literal('built-in')]);
export type McpSource = Static<typeof mcpSource>;

/** Sessions until 2025-11-25 (`legacy`), none since 2026-07-28 (`modern`). */
export const mcpEra = t.Union([t.Literal('legacy'), t.Literal('modern')]);
export type McpEra = Static<typeof mcpEra>;

/** Whether the names of a server's tools begin with the server's where all servers are together. */
export const mcpPrefix = t.Union([t.Literal('always'), t.Literal('conflict'), t.Literal('never')]);
export type McpPrefix = Static<typeof mcpPrefix>;

const orUsual = t.Union([t.Integer(), t.Null()]);
const callTimes = {
  /** A call may be silent for so long. */
  timeoutMs: orUsual,
  /** A call may take so long in all, whatever progress it makes. */
  mostMs: orUsual,
  /** Results are kept so long; of a server those of tools that say they may be, of a tool its own. */
  cacheMs: orUsual,
};

/** How tools are called; null everywhere is as usual. */
const mcpCallRules = t.Object({
  ...callTimes,
  /** Calls under way at once, in each gateway process. */
  maxConcurrent: orUsual,
  tools: t.Array(t.Object({ name: t.String(), ...callTimes })),
});
export type McpCallRules = Readonly<Static<typeof mcpCallRules>>;

export const mcpServerSettings = t.Object({
  transport: mcpTransport,
  /** The program of a stdio server; null for the others. */
  command: t.Union([t.String(), t.Null()]),
  args: t.Array(hidden),
  env: t.Array(hidden),
  cwd: t.Union([t.String(), t.Null()]),
  /** Without user, password and the values of its query; null for a stdio server. */
  url: t.Union([t.String(), t.Null()]),
  headers: t.Array(hidden),
  /** Where the vault holds args, env, url and headers as they were written. */
  secretRef: t.String(),
  /** The same for the same args, env, url and headers, useless without the vault's pepper. */
  fingerprint: t.String(),
  /** Nothing is kept between two calls: all clients share one connection. */
  stateless: t.Boolean(),
  /** Tools that nobody sees or calls, under their own names. */
  toolsOff: t.Array(t.String()),
  /** Left out where every call is as usual. */
  calls: t.Optional(mcpCallRules),
  /** Absent: always. */
  prefix: t.Optional(mcpPrefix),
  /** It is reached through the pool of backends: it has no command and no url of its own. */
  isPooled: t.Optional(t.Boolean()),
});
export type McpServerSettings = Readonly<Static<typeof mcpServerSettings>>;

/** What a server said of itself when a connection was opened. */
export const mcpServerDescription = t.Object({
  era: mcpEra,
  protocolVersion: t.String(),
  serverInfo: t.Unknown(),
  capabilities: t.Record(t.String(), t.Unknown()),
  instructions: t.Union([t.String(), t.Null()]),
});
export type McpServerDescription = Readonly<Static<typeof mcpServerDescription>>;

export const mcpList = t.Union([
  t.Literal('tools'),
  t.Literal('resources'),
  t.Literal('resourceTemplates'),
  t.Literal('prompts'),
]);
export type McpList = Static<typeof mcpList>;

/** One thing that a server offers, as the server wrote it. */
export const mcpItem = t.Object({
  /** Its name; of resources the URI, of templates the URI template. */
  name: t.String(),
  /** SHA-256 over the item with its keys in order: another hash is another schema or description. */
  hash: t.String(),
  item: t.Record(t.String(), t.Unknown()),
});
export type McpItem = Readonly<Static<typeof mcpItem>>;

/** A tool under the server's own name of it. */
export type McpToolSwitch = Readonly<{ name: string; isEnabled: boolean }>;

const names = t.Array(t.String());
const hashOrNone = t.Union([t.String(), t.Null()]);

export const mcpServerSchemas = {
  McpServerAdded: t.Object({
    name: t.String(),
    settings: mcpServerSettings,
    source: mcpSource,
    createdAtMs: t.Integer(),
  }),
  McpServerChanged: t.Object({ settings: mcpServerSettings, source: mcpSource }),
  McpServerEnabled: t.Object({}),
  McpServerDisabled: t.Object({}),
  /** An operator wants it connected now, whatever its connections wait for. */
  McpServerConnectAsked: t.Object({}),
  McpServerLeftSource: t.Object({ source: mcpSource }),
  McpServerReturned: t.Object({ source: mcpSource }),
  McpServerDescribed: t.Object({ ...mcpServerDescription.properties, describedAtMs: t.Integer() }),
  /** One of its lists, where it is another one than before; whole, or a part of the change. */
  McpServerItemsListed: t.Object({
    list: mcpList,
    items: t.Array(mcpItem),
    added: names,
    removed: names,
    changed: names,
    /** Of each that was added, removed or changed: its hash before and after, null where it was not there. */
    hashes: t.Optional(
      t.Array(t.Object({ name: t.String(), before: hashOrNone, after: hashOrNone })),
    ),
    /** Of a change too large for one event: `items` are those added or changed here, all others stay as they are. */
    part: t.Optional(t.Union([t.Literal('more'), t.Literal('last')])),
  }),
  /** An operator's word on one tool, whatever the configuration says of it. */
  McpToolSwitched: t.Object({ tool: t.String(), isEnabled: t.Boolean() }),
  McpServerRemoved: t.Object({}),
  /** What no configuration needs any more is gone from the vault. */
  McpServerSecretErased: t.Object({ secretRef: t.String() }),
};

type Schemas = typeof mcpServerSchemas;
export type McpServerEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
