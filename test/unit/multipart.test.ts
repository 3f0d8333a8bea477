/** The model of a form: found and replaced, with every other byte as it was. */
import { describe, expect, test } from 'bun:test';
import { isForm, readForm, replaceFormModel } from '../../server/proxy/multipart.ts';
import { utf8 } from '../support/vendorStreams.ts';

const type = 'multipart/form-data; boundary=xYz';
const crlf = (...lines: string[]) => lines.join('\r\n');
const field = (name: string, value: string) =>
  crlf('--xYz', `Content-Disposition: form-data; name="${name}"`, '', value);
const file = (content: string) =>
  crlf(
    '--xYz',
    'Content-Disposition: form-data; name="file"; filename="model"; size=3',
    'Content-Type: application/octet-stream',
    '',
    content,
  );
const form = (...parts: string[]) => utf8(crlf(...parts, '--xYz--', ''));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('The model of a form', () => {
  test('is read wherever it stands, with whether a stream is asked for', () => {
    const body = form(file('RIFF'), field('model', 'openai/whisper-1'), field('stream', 'true'));
    expect(readForm(body, type)).toEqual({ model: 'openai/whisper-1', stream: true });
    expect(readForm(form(field('model', 'a'), file('x')), type).model).toBe('a');
    expect(readForm(body, 'multipart/form-data; charset=utf-8; boundary="xYz"').model).toBe(
      'openai/whisper-1',
    );
  });

  test('is not looked for inside a file', () => {
    const inside = crlf('--xYzz', 'Content-Disposition: form-data; name="model"', '', 'not-this');
    expect(readForm(form(file(inside), field('purpose', 'batch')), type).model).toBeNull();
    const named = field('model', 'a').replace('name="model"', 'name="model"; filename="m"');
    expect(readForm(form(named), type).model).toBeNull();
  });

  test('of a call stands in the JSON of its session', () => {
    const session = field('session', '{"type":"realtime","model":"openai/gpt-realtime"}');
    const body = form(field('sdp', 'v=0'), session);
    expect(readForm(body, type).model).toBe('openai/gpt-realtime');
    expect(text(replaceFormModel(body, type, 'gpt-realtime'))).toBe(
      text(body).replace('openai/gpt-realtime', 'gpt-realtime'),
    );
  });

  test('is replaced without touching another byte', () => {
    const binary = Buffer.from([0, 255, 13, 10, 45, 45, 120, 89, 128, 13, 10, 13, 10]);
    const head = utf8(`${file('')}`);
    const rest = utf8(crlf('', field('model', 'openai/whisper-1'), field('n', '1'), '--xYz--', ''));
    const body = Buffer.concat([head, binary, rest]);
    const sent = replaceFormModel(body, type, 'whisper-1');
    const expected = utf8(text(rest).replace('openai/', ''));
    expect(Buffer.compare(sent, Buffer.concat([head, binary, expected]))).toBe(0);
  });

  test('takes the length of its part along', () => {
    const part = crlf(
      '--xYz',
      'Content-Length: 16',
      'Content-Disposition: form-data; name="model"',
      'Content-Length: 16',
      '',
      'openai/whisper-1',
    );
    const sent = text(replaceFormModel(form(part), type, 'whisper-1'));
    expect(sent).toBe(text(form(field('model', 'whisper-1'))));
  });

  test('of what is no form is none, and nothing is replaced', () => {
    const bodies = ['', 'x', '--xYz', '--xYz\r\n', field('model', 'a'), '--xYz--', '{"model":"a"}'];
    for (const body of bodies.map(utf8)) {
      expect(readForm(body, type)).toEqual({ model: null, stream: false });
      expect(replaceFormModel(body, type, 'b')).toBe(body);
    }
    expect(readForm(form(field('model', 'a')), 'multipart/form-data').model).toBeNull();
  });

  test('is found behind twenty megabytes at once', () => {
    const large = Buffer.alloc(20 * 1024 * 1024, '\r\n--xY');
    const body = Buffer.concat([
      utf8(file('')),
      large,
      utf8(`\r\n${field('model', 'a')}\r\n--xYz--`),
    ]);
    expect(readForm(body, type).model).toBe('a');
  });
});

test('A form is told by its type', () => {
  expect(isForm(type)).toBe(true);
  expect(isForm('multipart/related; boundary=x')).toBe(false);
  expect(isForm('application/json')).toBe(false);
  expect(isForm(null)).toBe(false);
});
