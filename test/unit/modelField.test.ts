/** The model of a JSON body: found and replaced, with every other byte as it was. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { readBody, replaceModel, splitModel } from '../../server/proxy/modelField.ts';
import { utf8 } from '../support/vendorStreams.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const replaced = (body: string, model: string) => text(replaceModel(utf8(body), model));

describe('Reading a body', () => {
  test('gives model and stream', () => {
    expect(readBody(utf8('{"model":"gpt-5","stream":true}'))).toMatchObject({
      ok: true,
      model: 'gpt-5',
      stream: true,
    });
    expect(readBody(utf8('{"model":"a","model":"b"}'))).toMatchObject({
      model: 'b',
      stream: false,
    });
  });

  test('takes nothing for a model that is no text', () => {
    for (const body of [
      '{}',
      '[]',
      'null',
      '"model"',
      '{"model":5}',
      '{"model":"","stream":"true"}',
    ]) {
      expect(readBody(utf8(body))).toMatchObject({ ok: true, model: null, stream: false });
    }
  });

  test('says what is wrong without quoting the body', () => {
    expect(readBody(utf8(''))).toEqual({ ok: false, reason: 'it is empty' });
    expect(readBody(utf8('{"model":"gpt'))).toEqual({ ok: false, reason: 'it ends too early' });
    expect(readBody(utf8('{"a":sk-secret}'))).toEqual({ ok: false, reason: 'it cannot be parsed' });
  });

  test('survives 200,000 levels and a __proto__', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)},"model":"x"}`;
    expect(readBody(utf8(deep)).ok).toBe(true);
    expect(replaced(deep, 'y')).toBe(deep.replace('"x"', '"y"'));
    expect(readBody(utf8('{"__proto__":{"model":"evil","stream":true}}'))).toMatchObject({
      model: null,
      stream: false,
    });
  });
});

describe('Replacing the model', () => {
  test('leaves every other byte alone', () => {
    const body =
      '{ "seed": 12345678901234567890, "x":1.0,\n\t"model" : "openai/gpt-5" , "é":"\\u00e9" }';
    expect(replaced(body, 'gpt-5')).toBe(body.replace('openai/gpt-5', 'gpt-5'));
  });

  test('touches no model further down, in a text or that is no text', () => {
    const body =
      '{"a":{"model":"x"},"b":["model","x"],"c":"\\"model\\":\\"x\\"","d":"model","model":"x"}';
    expect(replaced(body, 'y')).toBe(body.replace(/"x"\}$/, '"y"}'));
    for (const other of ['{"model":5}', '{"a":"model"}', '["model","x"]', '{}', '']) {
      expect(replaced(other, 'y')).toBe(other);
    }
  });

  test('replaces duplicates and escaped keys, since parsers take the last', () => {
    expect(replaced('{"model":"a","mod\\u0065l":"b","model":"c\\""}', 'y"z')).toBe(
      '{"model":"y\\"z","mod\\u0065l":"y\\"z","model":"y\\"z"}',
    );
  });

  test('on any JSON changes the model and nothing else', () => {
    const keys = fc.oneof(fc.string(), fc.constantFrom('model', 'a"b', '\\'));
    const bodies = fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(
        bodies,
        fc.string(),
        fc.string(),
        fc.constantFrom(0, 2),
        (rest, old, model, indent) => {
          const body = JSON.stringify({ ...rest, model: old }, null, indent);
          const after = replaced(body, model);
          const expected = JSON.parse(body) as Record<string, unknown>;
          expected.model = model;
          expect(JSON.parse(after)).toEqual(expected);
          expect(after).toBe(JSON.stringify(expected, null, indent));
        },
      ),
    );
  });
});

describe('Splitting a model', () => {
  const known = (slug: string) => ['openai', 'openrouter', 'groq'].includes(slug);

  test('takes off a known provider, once', () => {
    expect(splitModel('groq/llama-4', known)).toEqual({ provider: 'groq', model: 'llama-4' });
    expect(splitModel('openrouter/openai/gpt-5:free', known)).toEqual({
      provider: 'openrouter',
      model: 'openai/gpt-5:free',
    });
  });

  test('leaves other slashes alone', () => {
    for (const model of ['gpt-5', 'meta-llama/Llama-3', '/gpt-5', 'openai/', '', '/']) {
      expect(splitModel(model, known)).toEqual({ provider: null, model });
    }
  });
});
