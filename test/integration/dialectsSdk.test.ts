/** The vendors' own SDKs send what we write and read what we read: over a socket, to a server that only listens. */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test';
import type Anthropic from '@anthropic-ai/sdk';
import type { Part } from '@google/genai';
import type { ChatCompletionMessage } from 'openai/resources/chat/completions';
import type { MessagePart } from '../../events/neutralMessage.ts';
import type { Dialect } from '../../events/provider.ts';
import { readAnswerBytes } from '../../server/dialects/answerBytes.ts';
import { dialects } from '../../server/dialects/dialects.ts';
import { plainAnswers, streamedAnswers } from '../fixtures/dialects/answers.ts';
import { everything, toAnthropic, toGemini, toOpenAi } from '../fixtures/dialects/requests.ts';
import { sdksOverSocket } from '../support/dialectSdks.ts';

const { openAi, anthropic, gemini, asked, forget, stop } = sdksOverSocket();

beforeEach(forget);
afterAll(stop);

const plain = (dialect: Dialect) => dialects[dialect].answerOf(plainAnswers[dialect].call)!;

function streamed(dialect: Dialect) {
  const bytes = readAnswerBytes(dialects[dialect].createAnswerReader());
  bytes.push(Buffer.from(streamedAnswers[dialect]));
  return bytes.end();
}

type Seen = { thought: string; text: string; calls: { name: string; input: unknown }[] };

/** Without ids, which Gemini leaves to us. */
function seenIn(parts: readonly MessagePart[]): Seen {
  const seen: Seen = { thought: '', text: '', calls: [] };
  for (const part of parts) {
    if (part.type === 'thinking') seen.thought += part.text;
    if (part.type === 'text') seen.text += part.text;
    if (part.type === 'toolCall') seen.calls.push({ name: part.name, input: part.input });
  }
  return seen;
}

describe('What we write', () => {
  test("is sent by OpenAI's SDK as it is", async () => {
    const { path, body } = dialects.openai.requestOf({ ...everything, model: 'gpt-4o' });
    await openAi.chat.completions.create(toOpenAi);
    expect(asked()).toEqual([{ path, body: JSON.parse(JSON.stringify(body)) }]);
  });

  test("is sent by Anthropic's SDK as it is", async () => {
    const { path, body } = dialects.anthropic.requestOf({ ...everything, model: 'claude-opus-5' });
    await anthropic.messages.create(toAnthropic);
    expect(asked()).toEqual([{ path, body: JSON.parse(JSON.stringify(body)) }]);
  });

  test("is sent by Gemini's SDK as it is", async () => {
    const question = { ...everything, model: 'gemini-3-pro' };
    const { path, body } = dialects.gemini.requestOf(question);
    await gemini.generateContent(toGemini);
    expect(asked()).toEqual([{ path, body: JSON.parse(JSON.stringify(body)) }]);
  });

  test("goes where Gemini's SDK goes to stream", async () => {
    const { path } = dialects.gemini.requestOf({
      ...everything,
      model: 'gemini-3-pro',
      stream: true,
    });
    await gemini.generateContentStream(toGemini);
    expect(asked()[0]?.path).toBe(path);
  });
});

describe('What we read', () => {
  function seenByOpenAi({ content, tool_calls: calls = [] }: ChatCompletionMessage): Seen {
    const functions = calls.flatMap((call) => (call.type === 'function' ? [call.function] : []));
    return {
      thought: '',
      text: content ?? '',
      calls: functions.map(({ name, arguments: input }) => ({ name, input: JSON.parse(input) })),
    };
  }

  test("is what OpenAI's SDK reads, plain and streamed", async () => {
    const whole = await openAi.chat.completions.create(toOpenAi);
    expect(seenIn(plain('openai').message.parts)).toEqual(seenByOpenAi(whole.choices[0]!.message));

    const final = await openAi.chat.completions
      .stream({ ...toOpenAi, stream: true, tools: [] })
      .finalChatCompletion();
    const { message, usage, model } = streamed('openai');
    expect(seenIn(message.parts)).toEqual(seenByOpenAi(final.choices[0]!.message));
    expect(usage?.outputTokens).toBe(final.usage!.completion_tokens);
    expect(model).toBe(final.model);
  });

  function seenByAnthropic({ content }: Anthropic.Message): Seen {
    const seen: Seen = { thought: '', text: '', calls: [] };
    for (const block of content) {
      if (block.type === 'thinking') seen.thought += block.thinking;
      if (block.type === 'text') seen.text += block.text;
      if (block.type === 'tool_use') seen.calls.push({ name: block.name, input: block.input });
    }
    return seen;
  }

  test("is what Anthropic's SDK reads, plain and streamed", async () => {
    const whole = await anthropic.messages.create(toAnthropic);
    expect(seenIn(plain('anthropic').message.parts)).toEqual(seenByAnthropic(whole));

    const final = await anthropic.messages.stream({ ...toAnthropic }).finalMessage();
    const { message, usage, model } = streamed('anthropic');
    expect(seenIn(message.parts)).toEqual(seenByAnthropic(final));
    expect(usage?.outputTokens).toBe(final.usage.output_tokens);
    expect(model).toBe(final.model);
    const thought = final.content.find(({ type }) => type === 'thinking');
    expect(message.parts[0]).toMatchObject({
      signature: thought?.type === 'thinking' && thought.signature,
    });
  });

  function seenByGemini(parts: readonly Part[]): Seen {
    const seen: Seen = { thought: '', text: '', calls: [] };
    for (const { text, thought, functionCall } of parts) {
      if (thought === true) seen.thought += text ?? '';
      else seen.text += text ?? '';
      if (functionCall) seen.calls.push({ name: functionCall.name!, input: functionCall.args });
    }
    return seen;
  }

  test("is what Gemini's SDK reads, plain and streamed", async () => {
    const whole = await gemini.generateContent(toGemini);
    const read = plain('gemini');
    expect(seenIn(read.message.parts)).toEqual(seenByGemini(whole.candidates![0]!.content!.parts!));
    expect(read.usage?.inputTokens).toBe(whole.usageMetadata!.promptTokenCount);

    const parts: Part[] = [];
    for await (const chunk of await gemini.generateContentStream(toGemini)) {
      parts.push(...(chunk.candidates![0]!.content!.parts ?? []));
    }
    expect(seenIn(streamed('gemini').message.parts)).toEqual(seenByGemini(parts));
  });
});
