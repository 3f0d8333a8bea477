/** Clients' own requests in the older and rarer forms that their vendors take too. */
import { describe, expect, test } from 'bun:test';
import type { MessagePart } from '../../../events/neutralMessage.ts';
import { dialects } from '../../../server/dialects/dialects.ts';

const { openai, anthropic, gemini } = dialects;

const partsOf = (question: ReturnType<typeof openai.questionOf>): readonly MessagePart[] =>
  question!.messages.flatMap(({ parts }) => parts);

describe('A request to OpenAI', () => {
  const asked = (messages: unknown, more: object = {}) => openai.questionOf({ messages, ...more });

  test('may instruct in the middle, and its results make one message', () => {
    const question = asked([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'one', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'two', arguments: '{"x":' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: '2' }] },
      { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
      { role: 'user', content: 'Go on' },
    ]);
    expect(question).toEqual({
      system: 'Be brief.\n\nBe kind.',
      stream: false,
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
        {
          role: 'assistant',
          parts: [
            { type: 'toolCall', id: 'a', name: 'one', input: { x: 1 } },
            { type: 'toolCall', id: 'b', name: 'two', input: { INVALID_JSON: '{"x":' } },
          ],
        },
        {
          role: 'user',
          parts: [
            { type: 'toolResult', callId: 'a', content: [{ type: 'text', text: '1' }] },
            { type: 'toolResult', callId: 'b', content: [{ type: 'text', text: '2' }] },
            { type: 'text', text: 'Go on' },
          ],
        },
      ],
    });
  });

  test('may call functions as at first', () => {
    const question = asked(
      [
        { role: 'assistant', content: null, function_call: { name: 'one', arguments: '{}' } },
        { role: 'function', name: 'one', content: '1' },
      ],
      { functions: [{ name: 'one', parameters: { type: 'object' } }], stream: true },
    );
    expect(partsOf(question)).toMatchObject([
      { type: 'toolCall', id: 'one', name: 'one' },
      { type: 'toolResult', callId: 'one' },
    ]);
    expect(question).toMatchObject({ stream: true, tools: [{ name: 'one' }] });
  });

  test('may have sound and files, of which some are only its own', () => {
    const own = { type: 'file', file: { file_id: 'file-1' } };
    const question = asked([
      {
        role: 'user',
        content: [
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
          {
            type: 'file',
            file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
          },
          own,
        ],
      },
    ]);
    expect(partsOf(question)).toEqual([
      { type: 'file', mediaType: 'audio/mpeg', data: 'AAAA' },
      { type: 'file', mediaType: 'application/pdf', data: 'AAAA', name: 'a.pdf' },
      { type: 'opaque', dialect: 'openai', value: own },
    ]);
    const { body } = openai.requestOf({ model: 'm', messages: question!.messages, stream: false });
    expect(JSON.stringify(body)).toContain('file-1');
  });
});

describe('A request to Anthropic', () => {
  test('may instruct in the middle and show documents and what was found', () => {
    const question = anthropic.questionOf({
      model: 'claude-opus-5',
      max_tokens: 9,
      system: 'Be brief.',
      tool_choice: { type: 'any' },
      tools: [
        { name: 'one', input_schema: { type: 'object' } },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'é' } },
            {
              type: 'document',
              source: { type: 'url', url: 'https://example.com/a.pdf' },
              title: 'A',
            },
            { type: 'document', source: { type: 'content', content: 'Inside.' } },
            {
              type: 'search_result',
              title: 'T',
              source: 's',
              content: [{ type: 'text', text: 'F' }],
            },
            { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          ],
        },
        { role: 'system', content: 'Be kind.' },
      ],
    });
    expect(question).toMatchObject({
      system: 'Be brief.\n\nBe kind.',
      toolChoice: 'required',
      tools: [{ name: 'one', inputSchema: { type: 'object' } }],
      maxTokens: 9,
    });
    expect(partsOf(question)).toEqual([
      { type: 'file', mediaType: 'text/plain', data: 'w6k=' },
      { type: 'file', url: 'https://example.com/a.pdf', mediaType: 'application/pdf', name: 'A' },
      { type: 'text', text: 'Inside.' },
      { type: 'text', text: 'T (s):' },
      { type: 'text', text: 'F' },
      {
        type: 'opaque',
        dialect: 'anthropic',
        value: { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      },
    ]);
  });
});

describe('A request to Gemini', () => {
  const call = { functionCall: { name: 'one', args: { x: 1 } } };
  const response = (said: string) => ({
    functionResponse: { name: 'one', response: { output: said } },
  });

  test('has calls without ids, which get such as stay the same', () => {
    const contents = [
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [call, call] },
      { role: 'user', parts: [response('first'), response('second')] },
    ];
    const longer = [
      ...contents,
      { role: 'model', parts: [call] },
      { role: 'function', parts: [response('third')] },
    ];
    const question = gemini.questionOf({ contents: longer });
    const results = partsOf(question).flatMap((part) =>
      part.type === 'toolResult' ? [[part.callId, part.content[0]]] : [],
    );
    expect(results).toMatchObject([
      ['call_1', { text: 'first' }],
      ['call_2', { text: 'second' }],
      ['call_3', { text: 'third' }],
    ]);
    const { messages } = gemini.questionOf({ contents })!;
    expect(question!.messages.slice(0, messages.length)).toEqual([...messages]);
  });

  test('may be written in snake case', () => {
    const question = gemini.questionOf(
      {
        system_instruction: { parts: [{ text: 'Be brief.' }] },
        contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] }],
        tools: [{ function_declarations: [{ name: 'one' }] }],
        tool_config: {
          function_calling_config: { mode: 'ANY', allowed_function_names: ['one'] },
        },
        generation_config: { max_output_tokens: 9, temperature: 1 },
      },
      '/v1beta/models/tuned%2Fone:streamGenerateContent?alt=sse',
    );
    expect(question).toEqual({
      model: 'tuned/one',
      system: 'Be brief.',
      messages: [
        { role: 'user', parts: [{ type: 'image', mediaType: 'image/png', data: 'AAAA' }] },
      ],
      tools: [{ name: 'one', inputSchema: { type: 'object', properties: {} } }],
      toolChoice: { name: 'one' },
      maxTokens: 9,
      temperature: 1,
      stream: true,
    });
  });

  test('may tell a result as an object, which goes back as one', () => {
    const told = { functionResponse: { id: 'a', name: 'one', response: { found: [1, 2] } } };
    const contents = [
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [{ functionCall: { id: 'a', name: 'one', args: {} } }] },
      { role: 'user', parts: [told] },
    ];
    const { messages } = gemini.questionOf({ contents })!;
    const { body } = gemini.requestOf({ model: 'gemini-2.5-pro', messages, stream: false });
    expect(body.contents).toEqual(contents);
  });

  test('keeps the signatures of all that was signed', () => {
    const parts = [
      { text: 'Hm.', thought: true, thoughtSignature: 'YQ==' },
      { text: 'Here.', thoughtSignature: 'Yg==' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' }, thoughtSignature: 'Yw==' },
      { functionCall: { id: 'a', name: 'one', args: {} }, thoughtSignature: 'ZA==' },
      { text: '', thoughtSignature: 'ZQ==' },
    ];
    const answer = gemini.answerOf({ candidates: [{ content: { role: 'model', parts } }] })!;
    const user = { role: 'user' as const, parts: [{ type: 'text' as const, text: 'Hi' }] };
    const messages = [user, answer.message];
    const { body } = gemini.requestOf({ model: 'gemini-3-pro', messages, stream: false });
    expect((body.contents as unknown[])[1]).toEqual({ role: 'model', parts });
  });
});
