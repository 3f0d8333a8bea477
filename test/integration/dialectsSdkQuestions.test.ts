/** What a client asks with its vendor's SDK is read as it was meant. */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test';
import { Type } from '@google/genai';
import { dialects } from '../../server/dialects/dialects.ts';
import { red } from '../fixtures/dialects/answers.ts';
import { sdksOverSocket } from '../support/dialectSdks.ts';

const { openAi, anthropic, plainGemini, asked, forget, stop } = sdksOverSocket();

beforeEach(forget);
afterAll(stop);

describe("A client's own request", () => {
  const question = {
    messages: [
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'What is it?' },
          { type: 'image', mediaType: 'image/png', data: red },
        ],
      },
    ],
    system: 'Be brief.',
    maxTokens: 50,
    stream: false,
  };

  test("is read as its author meant it, from OpenAI's SDK", async () => {
    await openAi.chat.completions.create({
      model: 'gpt-4o',
      max_completion_tokens: 50,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            {
              type: 'image_url',
              image_url: { url: `data:image/png;base64,${red}`, detail: 'low' },
            },
          ],
        },
      ],
    });
    const { path, body } = asked()[0]!;
    expect(dialects.openai.questionOf(body, path)).toEqual({
      ...question,
      model: 'gpt-4o',
    } as never);
  });

  test("is read as its author meant it, from Anthropic's SDK", async () => {
    await anthropic.messages.create({
      model: 'claude-opus-5',
      max_tokens: 50,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: red } },
          ],
        },
      ],
    });
    const { path, body } = asked()[0]!;
    const read = dialects.anthropic.questionOf(body, path);
    expect(read).toEqual({ ...question, model: 'claude-opus-5' } as never);
  });

  test("is read as its author meant it, from Gemini's SDK", async () => {
    await plainGemini.generateContent({
      model: 'gemini-3-pro',
      contents: ['What is it?', { inlineData: { mimeType: 'image/png', data: red } }],
      config: {
        systemInstruction: 'Be brief.',
        maxOutputTokens: 50,
        tools: [
          {
            functionDeclarations: [
              {
                name: 'paint',
                parameters: {
                  type: Type.OBJECT,
                  properties: {
                    colours: { type: Type.ARRAY, items: { type: Type.STRING }, minItems: '1' },
                  },
                },
              },
            ],
          },
        ],
      },
    });
    const { path, body } = asked()[0]!;
    const tool = {
      name: 'paint',
      inputSchema: {
        type: 'object',
        properties: { colours: { type: 'array', items: { type: 'string' }, minItems: 1 } },
      },
    };
    const read = dialects.gemini.questionOf(body, path);
    expect(read).toEqual({ ...question, model: 'gemini-3-pro', tools: [tool] } as never);
  });
});
