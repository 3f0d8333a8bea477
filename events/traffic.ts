/** Traffic events: observations that cannot be refused and never wait. They travel in batches. */
import type { RequestId, TraceId } from './ids.ts';
import { mcpTransport } from './mcpServer.ts';
import { t, type Static } from './schema.ts';

/** One try at one key of one provider, with the judge's word on it. */
export const attempt = t.Object({
  provider: t.String(),
  /** `''` where the provider wants no key. */
  keyId: t.String(),
  model: t.String(),
  /** The vendor's status, or 0 when no answer came. */
  status: t.Integer(),
  startedMs: t.Integer({ description: 'since the request began' }),
  durationMs: t.Integer(),
  /** The judge's class, `ok` for a success. */
  verdict: t.String(),
  ruleId: t.String(),
  /** Redacted vendor text or transport error, `''` on success. */
  error: t.String(),
});
export type Attempt = Static<typeof attempt>;

const count = t.Optional(t.Integer());

/** What some vendors price apart; each is a part of the total that its name has too, searches aside. */
const usageParts = t.Object({
  inputAudioTokens: count,
  inputImageTokens: count,
  inputVideoTokens: count,
  cachedAudioTokens: count,
  cachedImageTokens: count,
  /** Of the tokens written to a cache: for an hour instead of minutes. */
  hourCacheWriteTokens: count,
  outputAudioTokens: count,
  outputImageTokens: count,
  webSearches: count,
});
export type UsageParts = Static<typeof usageParts>;

export const usage = t.Object({
  /** All tokens read, those from and into a cache included. */
  inputTokens: t.Integer(),
  /** All tokens written, reasoning included. */
  outputTokens: t.Integer(),
  /** Read from a cache. */
  cachedTokens: t.Integer(),
  reasoningTokens: t.Integer(),
  /** Written into a cache; left out where the vendor does not count them. */
  cacheWriteTokens: count,
  parts: t.Optional(usageParts),
});
export type Usage = Static<typeof usage>;

export const outcome = t.Union([
  t.Literal('completed'),
  t.Literal('truncated'),
  t.Literal('cancelled'),
  t.Literal('failed'),
]);
export type Outcome = Static<typeof outcome>;

export const trafficSchemas = {
  RequestFinished: t.Object({
    /** Whose client key it was, or `''` where the gateway is open. */
    client: t.String(),
    dialect: t.Union([t.Literal('openai'), t.Literal('anthropic'), t.Literal('gemini')]),
    method: t.String(),
    /** A route template such as `/v1beta/models/{model}:generateContent`; never a query. */
    route: t.String(),
    /** As asked for, without the provider's prefix; of a model route the target's. */
    model: t.String(),
    /** Name of the model route that the request asked for; `''`, or left out, where it is none. */
    modelRoute: t.Optional(t.String()),
    provider: t.String(),
    keyId: t.String(),
    status: t.Integer(),
    outcome,
    streamed: t.Boolean(),
    startedAtMs: t.Integer({ description: 'epoch' }),
    /** To the first byte of the answer's body; the duration when there was none. */
    firstByteMs: t.Number(),
    durationMs: t.Number(),
    requestBytes: t.Integer(),
    responseBytes: t.Integer(),
    usage: t.Union([usage, t.Null()]),
    /** Null where the price, or what was used, is not known; 0 where nothing is billed. */
    costMicroUsd: t.Union([t.Integer(), t.Null()]),
    /** Which prices made the cost; null where it is unknown or nothing is billed. Never made again. */
    priceVersion: t.Union([t.String(), t.Null()]),
    attempts: t.Array(attempt),
  }),
  /** A call of a tool on an MCP server is over, whichever way it came in. */
  ToolCalled: t.Object({
    /** Whose client key it was, or `''` where the gateway is open. */
    client: t.String(),
    server: t.String(),
    /** Under its own name, as the server has it. */
    tool: t.String(),
    /** Which of several backends of the server; `''` where there is one. */
    backend: t.String(),
    via: t.Union([t.Literal('mcp'), t.Literal('rest')]),
    /** What the caller speaks; REST counts as modern, it has no session. */
    era: t.Union([t.Literal('legacy'), t.Literal('modern')]),
    outcome,
    /** The tool itself says that it failed. */
    isError: t.Boolean(),
    /** JSON-RPC's code where the call was answered with an error; null for a result, 0 for no answer at all. */
    errorCode: t.Union([t.Integer(), t.Null()]),
    /** True where an earlier result served and the server was not asked. */
    cached: t.Optional(t.Boolean()),
    /** What went wrong, `''` where nothing did; never an argument. */
    error: t.String(),
    startedAtMs: t.Integer({ description: 'epoch' }),
    durationMs: t.Number(),
    requestBytes: t.Integer(),
    responseBytes: t.Integer(),
  }),
  /** A connection to an MCP server was opened for one client, or could not be; to a stdio server it is a program. */
  McpConnectionOpened: t.Object({
    /** Whose client key it was, or `''` where the gateway is open. */
    client: t.String(),
    server: t.String(),
    /** Which of several backends of the server; `''` where there is one. */
    backend: t.String(),
    transport: mcpTransport,
    isOpen: t.Boolean(),
    /** Why not, `''` where it is; never a secret. */
    error: t.String(),
    startedAtMs: t.Integer({ description: 'epoch' }),
    durationMs: t.Number(),
  }),
  /** The spool was full: so many events were thrown away, oldest first; the totals of what they counted are kept here. */
  TrafficDropped: t.Object({
    count: t.Integer(),
    requests: t.Integer(),
    failures: t.Integer(),
    inputTokens: t.Integer(),
    outputTokens: t.Integer(),
    /** Calls of tools, and those of them that failed; left out by older versions. */
    toolCalls: count,
    toolFailures: count,
  }),
};

type Schemas = typeof trafficSchemas;
/** `id` is the request's id where there is one; `atMs` is the gateway's clock when the event was made. */
export type TrafficEvent = {
  [Type in keyof Schemas]: Readonly<{
    id: RequestId;
    type: Type;
    version: number;
    atMs: number;
    traceId: TraceId;
    data: Readonly<Static<Schemas[Type]>>;
  }>;
}[keyof Schemas];
export type RequestFinished = Extract<TrafficEvent, { type: 'RequestFinished' }>;
export type McpConnectionOpened = Extract<TrafficEvent, { type: 'McpConnectionOpened' }>;
export type ToolCalled = Extract<TrafficEvent, { type: 'ToolCalled' }>;
