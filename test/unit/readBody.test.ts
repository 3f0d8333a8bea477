/** How a management request's body is read, and when it is not read any further. */
import { describe, expect, test } from 'bun:test';
import type { Problem } from '../../server/http/problem.ts';
import { readBody } from '../../server/http/readBody.ts';

const post = (body: BodyInit | null, type?: string) =>
  new Request('http://localhost/', {
    method: 'POST',
    body,
    headers: type === undefined ? {} : { 'content-type': type },
  });
const bytes = (text: string) => new Blob([text]);
const codeOf = (reading: Promise<unknown>) =>
  reading.then(
    (value) => ({ value }),
    (problem: Problem) => problem.code,
  );

describe('a body is', () => {
  test.each([
    ['JSON by its type', '{"a": 1}', 'application/json; charset=utf-8', { a: 1 }],
    ['JSON of a kind', '{"a": 1}', 'application/merge-patch+json', { a: 1 }],
    ['JSON without a type', '{"a": 1}', undefined, { a: 1 }],
    ['JSON as curl sends it', ' {"a": 1}', 'application/x-www-form-urlencoded', { a: 1 }],
    ['a form', 'a=1&b=x%20y', 'application/x-www-form-urlencoded', { a: '1', b: 'x y' }],
    ['plain text', '{"a": 1}', 'text/plain', '{"a": 1}'],
    ['an empty object where there is none', '', 'application/json', {}],
  ])('%s', async (_what, text, type, value) => {
    expect(await readBody(post(bytes(text), type), 1_000)).toEqual(value);
  });
});

describe('a body is refused', () => {
  test('of more bytes than the limit, also without a length', async () => {
    expect(await codeOf(readBody(post('x'.repeat(11), 'text/plain'), 10))).toBe('BODY_TOO_LARGE');
    const stream = bytes('x'.repeat(11)).stream();
    expect(await codeOf(readBody(post(stream, 'text/plain'), 10))).toBe('BODY_TOO_LARGE');
    expect(await codeOf(readBody(post('x'.repeat(10), 'text/plain'), 10))).toEqual({
      value: 'x'.repeat(10),
    });
  });

  test('that does not end in time', async () => {
    let isCancelled = false;
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
      cancel: () => void (isCancelled = true),
    });
    const reading = readBody(post(endless, 'application/json'), 1_000, 20);
    expect(await codeOf(reading)).toBe('BODY_TOO_SLOW');
    expect(isCancelled).toBe(true);
  });

  test('nested too deep, but not for brackets in its texts', async () => {
    const deep = `${'['.repeat(65)}${']'.repeat(65)}`;
    const text = JSON.stringify({ a: `\\" ${'['.repeat(100)}` });
    expect(await codeOf(readBody(post(deep, 'application/json'), 1_000))).toBe('INVALID_JSON');
    expect(await readBody(post(text, 'application/json'), 1_000)).toEqual(JSON.parse(text));
  });
});
