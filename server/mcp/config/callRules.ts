/** How the tools of a server are called, as its configuration says: times, caching, and how many at once. */
import { Type } from '@sinclair/typebox';
import { t, type Static } from 'elysia';
import type { McpCallRules } from '../../../events/mcpServer.ts';

const mostMs = 24 * 60 * 60_000;
const milliseconds = (description: string) =>
  t.Optional(
    Type.Integer({
      minimum: 1,
      maximum: mostMs,
      description,
      error: 'expected a whole number of milliseconds, a day at most',
    }),
  );
const seconds = (description: string) =>
  t.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 30 * 86_400,
      description,
      error: 'expected a whole number of seconds, 30 days at most',
    }),
  );

const ofOneTool = {
  timeout_ms: milliseconds('a call may be silent for so long; progress begins it anew'),
  max_timeout_ms: milliseconds('a call may take so long in all, with progress too'),
  cache_seconds: seconds(
    'of a server: results of tools marked read-only and idempotent are kept for their client so long; ' +
      'of a tool: its results, however it is marked; 0 keeps none',
  ),
};

/** As they are written beside the other fields of a server. */
export const writtenCallRules = {
  ...ofOneTool,
  max_concurrent: t.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'calls under way at once in each gateway process; further ones wait in line',
      error: 'expected a whole number from 1 to 100,000',
    }),
  ),
  tool_settings: t.Optional(
    t.Record(t.String({ minLength: 1, maxLength: 256 }), t.Object(ofOneTool), {
      description: 'the same for single tools, under their own names',
    }),
  ),
};
const writtenSchema = t.Object(writtenCallRules);
export type WrittenCallRules = Static<typeof writtenSchema>;

const msOf = (text: number | undefined): number | null =>
  text === undefined ? null : text * 1_000;

/** Undefined where all is as usual. */
export function callRulesOf(written: WrittenCallRules): McpCallRules | undefined {
  const { timeout_ms, max_timeout_ms, cache_seconds, max_concurrent, tool_settings = {} } = written;
  const tools = Object.entries(tool_settings).map(([name, tool]) => ({
    name,
    timeoutMs: tool.timeout_ms ?? null,
    mostMs: tool.max_timeout_ms ?? null,
    cacheMs: msOf(tool.cache_seconds),
  }));
  const rules = {
    timeoutMs: timeout_ms ?? null,
    mostMs: max_timeout_ms ?? null,
    cacheMs: msOf(cache_seconds),
    maxConcurrent: max_concurrent ?? null,
    tools,
  };
  const { tools: _, ...own } = rules;
  return tools.length === 0 && Object.values(own).every((one) => one === null) ? undefined : rules;
}
