/** What a management request is told when it is refused: RFC 9457, with a stable code in capitals. */
import { STATUS_CODES } from 'node:http';
import { t, type Static } from 'elysia';

export const problemSchema = t.Object(
  {
    type: t.String(),
    title: t.String(),
    status: t.Integer(),
    detail: t.String({ description: 'what, where and what to do' }),
    code: t.String({ description: 'stable, in capitals: KEY_NOT_FOUND' }),
    timestamp: t.String({ format: 'date-time' }),
  },
  { description: 'Refused' },
);

type ProblemBody = Static<typeof problemSchema>;

/** Thrown by routes; becomes an answer in `app.ts`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function problemResponse(problem: Problem, nowMs: number): Response {
  const { status, code, message: detail, headers } = problem;
  const body: ProblemBody = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    timestamp: new Date(nowMs).toISOString(),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  });
}

/** The `response` schemas of a route that may be refused with these statuses, for its documentation. */
export const problems = <Status extends number>(...statuses: readonly Status[]) =>
  Object.fromEntries(statuses.map((status) => [status, problemSchema])) as Record<
    Status,
    typeof problemSchema
  >;
