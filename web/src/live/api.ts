/** The typed client of the gateway, and what becomes of its refusals. Nothing else in the console fetches. */
import { treaty } from '@elysiajs/eden';
import type { App } from '../../../server/app.ts';

export const api = treaty<App>(location.origin, { parseDate: false }).api;

/** A refusal of the gateway, or the lack of an answer; `detail` says what to do. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

type Answer<Data> = Readonly<{ data: Data; error: unknown; status: number }>;

const isProblem = (value: unknown): value is Readonly<{ code: string; detail: string }> =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;

const unreachable =
  'The gateway does not answer. Is it running? The console tries again by itself.';

/** Waiting for somebody to log in: called when the gateway no longer knows the session. */
let onSessionEnd = () => {};
export const whenSessionEnds = (listener: () => void) => {
  onSessionEnd = listener;
};

/** @throws {ApiProblem} */
export async function answerOf<Data>(asked: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, status } = await asked.catch(() => {
    throw new ApiProblem(0, 'UNREACHABLE', unreachable);
  });
  if (error === null || error === undefined) return data as NonNullable<Data>;
  const value: unknown = (error as { value?: unknown }).value;
  const code = isProblem(value) ? value.code : 'UNREACHABLE';
  if (status === 401 && code !== 'WRONG_PASSWORD') onSessionEnd();
  throw new ApiProblem(status, code, isProblem(value) ? value.detail : unreachable);
}
