/** In which dialects a provider is asked, and where: its own, and as OpenAI where the vendor has that too. */
import { describe, expect, test } from 'bun:test';
import type { Auth, Dialect } from '../../events/provider.ts';
import { detect, type Detection } from '../../server/proxy/detect.ts';
import { authAt, canAnswer, dialectsOf, pathAt, speaks } from '../../server/proxy/wire.ts';

const provider = (
  id: string,
  dialect: Dialect,
  baseUrl = 'https://ai.example',
  auth: Auth = 'bearer',
) => ({
  id,
  dialect,
  baseUrl,
  auth,
});
const openai = provider('openai', 'openai', 'https://api.openai.com/v1');
const anthropic = provider('anthropic', 'anthropic', 'https://api.anthropic.com', 'x-api-key');
const gemini = provider('gemini', 'gemini', 'https://mirror.example', 'x-goog-api-key');
const copycat = provider('copycat', 'anthropic');
const second = provider('anthropic-eu', 'anthropic', 'https://api.anthropic.com');

function posted(path: string): Detection {
  const route = detect('POST', path, '', new Headers());
  if (!route) throw new Error(`${path} is no path of the proxy`);
  return route;
}
const chat = posted('/v1/chat/completions');
const messages = posted('/v1/messages');
const generate = posted('/v1beta/models/gemini-2.5-flash:generateContent');
const compatible = posted('/v1beta/openai/chat/completions');
const responses = posted('/v1/responses');

describe('A provider is asked', () => {
  test('in its own dialect, and as OpenAI where it is the vendor itself', () => {
    expect(dialectsOf(openai)).toEqual(['openai']);
    expect(dialectsOf(anthropic)).toEqual(['anthropic', 'openai']);
    expect(dialectsOf(gemini)).toEqual(['gemini', 'openai']);
    expect(dialectsOf(second)).toEqual(['anthropic', 'openai']);
    expect(dialectsOf(copycat)).toEqual(['anthropic']);
  });
  test('only at endpoints that it has', () => {
    expect([openai, anthropic, gemini, copycat].map((one) => canAnswer(one, chat))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([openai, anthropic, gemini].map((one) => canAnswer(one, responses))).toEqual([
      true,
      false,
      false,
    ]);
    expect([openai, anthropic, gemini].map((one) => speaks(one, responses))).toEqual([
      true,
      true,
      true,
    ]);
    expect([openai, anthropic, gemini].map((one) => speaks(one, messages))).toEqual([
      false,
      true,
      false,
    ]);
    expect([openai, anthropic, gemini].map((one) => speaks(one, generate))).toEqual([
      false,
      false,
      true,
    ]);
  });
  test('under the path that it has for the endpoint', () => {
    const paths = (route: Detection) =>
      [openai, anthropic, gemini].map((one) => pathAt(one, route, route.upstreamPath));
    const everywhere = [
      '/chat/completions',
      '/v1/chat/completions',
      '/v1beta/openai/chat/completions',
    ];
    expect(paths(chat)).toEqual(everywhere);
    expect(paths(compatible)).toEqual(everywhere);
    expect(pathAt(anthropic, messages, messages.upstreamPath)).toBe('/v1/messages');
  });
  test("with its key where the endpoint's dialect has it", () => {
    expect(authAt(anthropic, messages)).toBe('x-api-key');
    expect(authAt(anthropic, chat)).toBe('bearer');
    expect(authAt(gemini, generate)).toBe('x-goog-api-key');
    expect(authAt(gemini, compatible)).toBe('bearer');
    expect(authAt({ ...gemini, auth: 'none' }, chat)).toBe('none');
    expect(authAt({ ...openai, auth: 'api-key' }, chat)).toBe('api-key');
  });
});
