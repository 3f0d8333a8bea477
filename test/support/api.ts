/** Talks to the management API as a program would, and reads what it answers. */
import { expect } from 'bun:test';

export type Answer = Readonly<{
  status: number;
  headers: Headers;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any;
}>;

export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** A text is sent as it is, anything else as JSON. */
export function apiOf(url: () => string, always: Readonly<Record<string, string>> = {}): Api {
  return async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string' || body === undefined;
    const response = await fetch(`${url()}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(isText ? {} : { 'content-type': 'application/json' }),
        ...always,
        ...headers,
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  };
}

/** The header of an operator who has logged in. */
export async function loggedIn(url: () => string, password: string) {
  const { status, json, text } = await apiOf(url)('POST', '/api/login', { password });
  if (status !== 200) throw new Error(`the password was not taken: ${text}`);
  return { authorization: `Bearer ${json.token}` };
}

/** The answer is a problem with all its fields, and this code. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.json).toEqual({
    type: 'about:blank',
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-signalbox-request-id')).toMatch(/^[0-9a-f-]{36}$/);
}
