/** Every setting that changes while the gateways run: a line each. Outside, `firstEventMs` is `first_event_ms`. */
import { Type } from '@sinclair/typebox';
import {
  mostOperatorRules,
  operatorRuleSchema,
  problemInRules,
} from '../../actors/providerKey/operatorRules.ts';
import { table as variables } from '../config/table.ts';
import { problemInWebhooks } from '../webhooks/endpoint.ts';
import { noticeTypes } from '../webhooks/notices.ts';
import { listOf, milliseconds, onOff, orNone, whole, type Row } from './row.ts';

const secondMs = 1_000;
const dayMs = 24 * 60 * 60 * secondMs;
const mebibyte = 1024 * 1024;

const webhook = Type.Object(
  {
    url: Type.String({ pattern: '^https?://[^\\s@]+$', maxLength: 2_000 }),
    events: Type.Array(
      Type.Union(['*' as const, ...noticeTypes].map((name) => Type.Literal(name))),
      {
        maxItems: noticeTypes.length,
      },
    ),
  },
  { additionalProperties: false },
);

export const table = {
  attempts: whole(7, [1, 100], 'attempts of one request, over every key and provider'),
  transientAttempts: whole(
    3,
    [1, 100],
    'attempts at one provider and model that fail with 5xx or on the way',
  ),
  transientPauseMs: milliseconds(
    100,
    [0, 60 * secondMs],
    'base of the jittered pause before the same provider is asked again',
  ),
  connectMs: milliseconds(5 * secondMs, [10, dayMs], 'to a connection with the provider'),
  firstEventMs: milliseconds(60 * secondMs, [10, dayMs], 'to the first event of a stream'),
  plainMs: milliseconds(600 * secondMs, [10, dayMs], 'for a whole answer that is no stream'),
  deadlineMs: milliseconds(
    900 * secondMs,
    [10, dayMs],
    'no further attempt of a request begins, or goes on without an answer, so long after the request came',
  ),
  stallMs: milliseconds(120 * secondMs, [10, dayMs], 'between two chunks of a stream'),
  keepAliveMs: milliseconds(
    15 * secondMs,
    [10, dayMs],
    'a silent stream gets a comment after so long',
  ),
  waitMs: milliseconds(
    3 * secondMs,
    [0, 600 * secondMs],
    'a request waits for a resting key at most so long',
  ),
  waiters: whole(
    256,
    [0, 100_000],
    'requests that may wait for a resting key, in each gateway process; further ones get 429 at once',
  ),
  maxInFlight: whole(
    20_000,
    [1, 1_000_000],
    'proxied requests under way at once, in each gateway process; further ones get 503 at once',
  ),
  bodyLimitBytes: whole(
    variables.bodyLimitBytes.fallback,
    [1024, 2048 * mebibyte],
    'largest request body',
    { unit: 'bytes', variable: variables.bodyLimitBytes.name },
  ),
  bufferedBytes: whole(
    4 * mebibyte,
    [0, 256 * mebibyte],
    'answers up to here are read whole before they pass; larger ones pass as they come',
    { unit: 'bytes' },
  ),
  errorBytes: whole(64 * 1024, [1024, mebibyte], "so much of a provider's error is read", {
    unit: 'bytes',
  }),
  drainMs: milliseconds(
    25 * secondMs,
    [0, 600 * secondMs],
    'requests under way get so long to finish when a gateway is stopped',
  ),
  drainGraceMs: milliseconds(
    1_000,
    [0, 120 * secondMs],
    'a gateway that is being stopped takes requests for so long after /ready said 503',
  ),
  mcpConnectMs: milliseconds(
    30 * secondMs,
    [10, 600 * secondMs],
    'for each step of the start of a connection to an MCP server',
  ),
  mcpPingMs: milliseconds(
    30 * secondMs,
    [100, dayMs],
    'between two questions whether an MCP server is still there',
  ),
  mcpSessionIdleMs: milliseconds(
    30 * 60 * secondMs,
    [100, 7 * dayMs],
    'a session of an MCP client ends after so long without a request and without an open stream, and so do connections to MCP servers for clients without sessions',
  ),
  mcpSessionGoneMs: milliseconds(
    5 * 60 * secondMs,
    [100, 7 * dayMs],
    'a session of an MCP client whose connection was cut, with nothing under way, ends after so long without a word',
  ),
  mcpSessionsPerClient: whole(
    1_000,
    [1, 100_000],
    'sessions that one MCP client may have open, in each gateway process; further ones get 429',
  ),
  mcpSessions: whole(
    10_000,
    [1, 1_000_000],
    'sessions of MCP clients in each gateway process; further ones get 503',
  ),
  requestsPerMinute: orNone(
    whole(0, [1, 10_000_000], 'limit of a client that has none of its own', {
      unit: 'requests/min',
      variable: variables.requestsPerMinute.name,
    }),
    variables.requestsPerMinute.fallback,
    'no limit',
  ),
  circuitBreakerFailureThreshold: whole(
    variables.breakerThreshold.fallback,
    [1, 10_000],
    'failures in a row after which a provider is served around',
    { variable: variables.breakerThreshold.name },
  ),
  circuitBreakerRecoveryTimeout: whole(
    variables.breakerRecoveryS.fallback,
    [1, 86_400],
    'longest wait before a provider that is served around is tried again; of more than 60 s half, of 30 to 60 s 30 s',
    { unit: 's', variable: variables.breakerRecoveryS.name },
  ),
  cacheEnabled: onOff(variables.cacheEnabled.fallback, "keep providers' lists of models", {
    variable: variables.cacheEnabled.name,
  }),
  cacheTtlSeconds: whole(
    variables.cacheTtlS.fallback,
    [1, 86_400 * 30],
    'how long a list of models is kept',
    { unit: 's', variable: variables.cacheTtlS.name },
  ),
  mcpCallMs: milliseconds(
    60 * secondMs,
    [100, dayMs],
    'a request to an MCP server may be silent for so long; progress begins it anew',
  ),
  mcpCallMostMs: milliseconds(
    60 * 60 * secondMs,
    [100, dayMs],
    'a request to an MCP server may take so long in all, whatever progress it makes',
  ),
  mcpCacheSeconds: whole(
    0,
    [0, 86_400 * 30],
    'results of MCP tools marked read-only and idempotent are kept for their client so long; 0 keeps none',
    { unit: 's' },
  ),
  maxConversationLength: whole(
    variables.conversationLength.fallback,
    [2, 100_000],
    'messages of a conversation, questions and answers, before it is full',
    { unit: 'messages', variable: variables.conversationLength.name },
  ),
  trimConversations: onOff(
    false,
    'a conversation that is full goes on, and models are sent its last messages only',
  ),
  operatorsReadConversations: onOff(
    false,
    "operators may read what is said in clients' conversations; each time is an event in the audit log",
  ),
  recordBodies: onOff(
    false,
    'keep the bodies of all requests and answers, encrypted; without it those of clients and routes that say record_bodies',
  ),
  recordToolCalls: onOff(
    false,
    'keep what MCP tools are called with and what they answer, encrypted; without it that of clients that say record_bodies',
  ),
  recordingDays: whole(
    7,
    [1, 365],
    'recorded bodies are kept so long, as far as their space goes',
    {
      unit: 'days',
    },
  ),
  judgeRules: {
    ...listOf(
      operatorRuleSchema,
      mostOperatorRules,
      'rules that come before the judge\'s own, the first that fits: {"id", "provider", "status": 429 or "4xx" or "5xx", "text", "effect": "ignore", "rest_key", "rest_model", "disable_key", "rest_provider", "caller_fault" or "retry", "rest_seconds"}, with a status or a text',
      `a list of at most ${mostOperatorRules} rules`,
    ),
    problem: problemInRules,
  },
  webhooks: {
    ...listOf(
      webhook,
      100,
      'addresses that are told of events',
      `a list of at most 100 {"url": "https://…", "events": [${noticeTypes.map((name) => `"${name}"`).join(', ')}]}`,
    ),
    problem: problemInWebhooks,
  },
};

type Table = typeof table;
export type SettingKey = keyof Table;
export type Values = { -readonly [Key in SettingKey]: Table[Key] extends Row<infer T> ? T : never };

export const keys = Object.keys(table) as SettingKey[];

export const usualValues = Object.fromEntries(
  keys.map((key) => [key, table[key].fallback]),
) as Values;
