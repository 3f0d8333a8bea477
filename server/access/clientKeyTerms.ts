/** The terms of a client key as a body writes them: which models, how long, how much. */
import { Type } from '@sinclair/typebox';
import { t } from 'elysia';
import type { ClientKeyChanges } from '../../events/clientKey.ts';
import { Problem } from '../http/problem.ts';

const orNull = <Schema extends Parameters<typeof t.Union>[0][number]>(
  schema: Schema,
  expected: string,
  description: string,
) =>
  t.Optional(t.Union([schema, t.Null()], { error: `expected ${expected}, or null`, description }));

const most = 10_000_000;

/** Null takes a limit off. */
export const termFields = {
  models: orNull(
    t.Array(t.String({ minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' }), {
      minItems: 1,
      maxItems: 200,
    }),
    '1 to 200 names of models, in which * is any text',
    'the models that the key may use, as its client names them: gpt-*, anthropic/*, my-route',
  ),
  allowed_tools: orNull(
    t.Array(t.String({ minLength: 1, maxLength: 300 }), { maxItems: 1_000 }),
    'at most 1,000 names of tools, in which * is any text',
    'the MCP tools that the key may see and call, as {server}_{tool}: filesystem_*, *_search; with none of a server ' +
      'go its resources and prompts',
  ),
  expires_at: orNull(
    t.String({ format: 'date-time' }),
    'a date with its time, such as 2027-01-31T00:00:00Z',
    'from then on the key is refused',
  ),
  // Elysia's own integer would take "1" too.
  requests_per_minute: orNull(
    Type.Integer({ minimum: 1, maximum: most }),
    'a whole number from 1 to 10,000,000',
    'in each gateway process; without it the setting requests_per_minute holds',
  ),
  burst: orNull(
    Type.Integer({ minimum: 1, maximum: most }),
    'a whole number from 1 to 10,000,000',
    "requests that may come at once; without it a whole minute's",
  ),
  max_concurrent: orNull(
    Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    'a whole number from 1 to 1,000,000',
    'requests under way at the same time, in each gateway process',
  ),
  record_bodies: t.Optional(
    Type.Boolean({
      error: 'expected true or false',
      description:
        'keep its requests and answers, encrypted, whatever the setting record_bodies says',
    }),
  ),
};

export type TermsBody = Readonly<{
  models?: readonly string[] | null;
  allowed_tools?: readonly string[] | null;
  expires_at?: string | null;
  requests_per_minute?: number | null;
  burst?: number | null;
  max_concurrent?: number | null;
  record_bodies?: boolean;
}>;

/** @throws {Problem} for a day that no calendar has. */
function epochMsOf(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isSafeInteger(timeMs)) return timeMs;
  throw new Problem(422, 'INVALID_BODY', 'body.expires_at: there is no such date');
}

/** The terms that a body names; the others stay as they are. @throws {Problem} */
export function termsOf(body: TermsBody): ClientKeyChanges {
  const {
    models,
    allowed_tools,
    expires_at,
    requests_per_minute,
    burst,
    max_concurrent,
    record_bodies,
  } = body;
  return {
    ...(models !== undefined && { models: models === null ? null : [...new Set(models)] }),
    ...(allowed_tools !== undefined && {
      allowedTools: allowed_tools === null ? null : [...new Set(allowed_tools)],
    }),
    ...(expires_at !== undefined && {
      expiresAtMs: expires_at === null ? null : epochMsOf(expires_at),
    }),
    ...(requests_per_minute !== undefined && { requestsPerMinute: requests_per_minute }),
    ...(burst !== undefined && { burst }),
    ...(max_concurrent !== undefined && { maxConcurrent: max_concurrent }),
    ...(record_bodies !== undefined && { recordBodies: record_bodies }),
  };
}
