/** How each dialect's streams end, fail, count their usage and are ended in the vendor's place. */
import { describe, expect, test } from 'bun:test';
import { anthropic } from '../../server/proxy/anthropic.ts';
import type { DialectModule } from '../../server/proxy/dialect.ts';
import { gemini } from '../../server/proxy/gemini.ts';
import { openai } from '../../server/proxy/openai.ts';
import {
  anthropicMessages,
  choice,
  geminiAnswers,
  geminiEvent,
  geminiStream,
  openAiChat,
  openAiResponses,
  utf8,
} from '../support/vendorStreams.ts';

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

function ended(dialect: DialectModule, route: string, stream: string) {
  const watch = dialect.terminator(route);
  watch.push(utf8(stream));
  const end = watch.end();
  return {
    end,
    failed: watch.failure() !== null,
    usage: watch.usage(),
    tail: text(watch.missingTail()),
  };
}

const chat = '/v1/chat/completions';
const messages = '/v1/messages';
const generate = '/v1beta/models/{model}:streamGenerateContent';
const { start, finish, usage, done, chunk } = openAiChat;

describe('An OpenAI chat stream', () => {
  test('with its finish_reason and [DONE] is complete and counted', () => {
    expect(ended(openai, chat, start + finish + usage + done)).toEqual({
      end: 'complete',
      failed: false,
      usage: { inputTokens: 19, outputTokens: 10, cachedTokens: 4, reasoningTokens: 3 },
      tail: null,
    });
  });

  test('that lacks only [DONE] gets it', () => {
    expect(ended(openai, chat, start + finish).tail).toBe('data: [DONE]\n\n');
    expect(ended(openai, '/v1beta/openai/chat/completions', start + finish).tail).toBe(done);
  });

  test('that lacks the last blank line gets that too, after the event that waited for it', () => {
    expect(ended(openai, chat, (start + finish).trimEnd()).tail).toBe(finish + done);
    expect(ended(openai, chat, (start + finish + done).trimEnd()).tail).toBe(done);
  });

  test('that breaks inside an event before all was said is truncated', () => {
    const cut = ended(openai, chat, start + finish.slice(0, 40));
    expect(cut).toMatchObject({ end: 'truncated', tail: null });
  });

  test('that breaks inside an event after all was said is complete without it', () => {
    const cut = ended(openai, chat, start + finish + usage.slice(0, 40));
    expect(cut).toMatchObject({ end: 'complete', tail: done });
  });

  test('needs a finish_reason on every choice that appeared', () => {
    const two = start + chunk([choice(1, 'Hi')]);
    expect(ended(openai, chat, two + finish + done).end).toBe('truncated');
    expect(ended(openai, chat, two + finish + chunk([choice(1, '', 'length')])).end).toBe(
      'complete',
    );
    const later =
      chunk([choice(1, 'Hi')]) + chunk([choice(1, '', 'stop')]) + chunk([choice(0, 'a')]);
    expect(ended(openai, chat, later).end).toBe('truncated');
  });

  test('whose tool calls have indexes of their own has one choice still', () => {
    const call = {
      index: 3,
      id: 'call_1',
      type: 'function',
      function: { name: 'f', arguments: '' },
    };
    const calls = chunk([{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }]);
    expect(ended(openai, chat, start + calls + finish).end).toBe('complete');
  });

  test('that says [DONE] with a choice unfinished was cut somewhere', () => {
    expect(ended(openai, chat, start + done)).toMatchObject({ end: 'truncated', tail: null });
  });

  test('that the vendor ended with an error has failed and is not added to', () => {
    const error = 'data: {"error":{"message":"The server is on fire","type":"server_error"}}\n\n';
    expect(ended(openai, chat, start + error)).toMatchObject({
      end: 'complete',
      failed: true,
      tail: null,
    });
  });

  test('of completions ends the same way', () => {
    const event = (finish_reason: string | null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, text: 'a', logprobs: null, finish_reason }] })}\n\n`;
    expect(ended(openai, '/v1/completions', event(null)).end).toBe('truncated');
    expect(ended(openai, '/v1/completions', event(null) + event('stop')).end).toBe('complete');
  });

  test('of Groq has its usage in its own corner', () => {
    const last = chunk([choice(0, '', 'stop')], {
      x_groq: { id: 'req_1', usage: { prompt_tokens: 5, completion_tokens: 6 } },
    });
    expect(ended(openai, chat, start + last).usage).toMatchObject({
      inputTokens: 5,
      outputTokens: 6,
    });
  });
});

describe('A responses stream', () => {
  const route = '/v1/responses';

  test('ends with completed, incomplete or failed', () => {
    const { start: begun, completed, incomplete, failed } = openAiResponses;
    expect(ended(openai, route, begun + completed)).toEqual({
      end: 'complete',
      failed: false,
      usage: { inputTokens: 37, outputTokens: 11, cachedTokens: 8, reasoningTokens: 5 },
      tail: null,
    });
    expect(ended(openai, route, begun + incomplete)).toMatchObject({
      end: 'complete',
      failed: false,
    });
    expect(ended(openai, route, begun + failed)).toMatchObject({ end: 'complete', failed: true });
    expect(ended(openai, route, begun)).toMatchObject({ end: 'truncated', failed: false });
  });

  test('tells the ids that only its key knows, from its first event on', () => {
    const watch = openai.terminator(route);
    watch.push(utf8(openAiResponses.start));
    expect(watch.ids()).toEqual(['resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654']);
    watch.push(utf8(openAiResponses.completed));
    expect(watch.ids()).toContain('rs_1');
  });

  test('with an error event has failed', () => {
    const error = 'event: error\ndata: {"type":"error","code":"server_error","message":"Oh"}\n\n';
    expect(ended(openai, route, openAiResponses.start + error).failed).toBe(true);
  });

  test('that is read again is not counted again', () => {
    const again = ended(openai, '/v1/responses/{id}', openAiResponses.completed);
    expect(again).toMatchObject({ end: 'complete', usage: null });
  });
});

describe('An Anthropic stream', () => {
  const { start: begun, delta, stop, error } = anthropicMessages;

  test('ends with message_stop and adds up its two counts', () => {
    expect(ended(anthropic, messages, begun + delta + stop)).toEqual({
      end: 'complete',
      failed: false,
      usage: {
        inputTokens: 325,
        outputTokens: 15,
        cachedTokens: 200,
        reasoningTokens: 0,
        cacheWriteTokens: 100,
      },
      tail: null,
    });
    expect(ended(anthropic, messages, begun + delta).end).toBe('truncated');
  });

  test('that is left early is counted so far', () => {
    expect(ended(anthropic, messages, begun).usage).toMatchObject({
      inputTokens: 325,
      outputTokens: 1,
    });
  });

  test('with an error event has failed', () => {
    expect(ended(anthropic, messages, begun + error)).toMatchObject({
      end: 'complete',
      failed: true,
    });
  });
});

describe('A Gemini stream', () => {
  test('ends with a finishReason; thoughts count as written', () => {
    expect(ended(gemini, generate, geminiStream.start + geminiStream.last)).toEqual({
      end: 'complete',
      failed: false,
      usage: { inputTokens: 11, outputTokens: 28, cachedTokens: 6, reasoningTokens: 20 },
      tail: null,
    });
    expect(ended(gemini, generate, geminiStream.start)).toMatchObject({
      end: 'truncated',
      usage: { inputTokens: 11, outputTokens: 27 },
    });
  });

  test('needs a finishReason on every candidate', () => {
    const other = geminiEvent('{"candidates":[{"content":{"parts":[{"text":"b"}]},"index":1}]}');
    const end = geminiEvent('{"candidates":[{"finishReason":"STOP","index":1}]}');
    expect(ended(gemini, generate, geminiStream.start + other + geminiStream.last).end).toBe(
      'truncated',
    );
    expect(ended(gemini, generate, geminiStream.start + other + geminiStream.last + end).end).toBe(
      'complete',
    );
  });

  test('of a blocked prompt is complete without candidates', () => {
    expect(ended(gemini, generate, geminiEvent(geminiAnswers.blocked)).end).toBe('complete');
  });

  test('with an error has failed', () => {
    const error = geminiEvent(
      '{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}',
    );
    expect(ended(gemini, generate, geminiStream.start + error).failed).toBe(true);
  });

  test('without alt=sse is an array into which nothing can be put', () => {
    const { first, last } = geminiAnswers;
    const watch = gemini.terminator(generate);
    watch.push(utf8(`[${first}\n`));
    expect([watch.betweenEvents(), watch.sawEvent()]).toEqual([false, true]);
    watch.push(utf8(`,\r\n${last}\n]\n`));
    expect(watch.end()).toBe('complete');
    expect(watch.usage()).toMatchObject({ inputTokens: 11, outputTokens: 28 });
  });
});

describe('Any other stream', () => {
  test('is not judged, but counted', () => {
    const event =
      'data: {"type":"transcript.text.done","usage":{"input_tokens":14,"output_tokens":45}}\n\n';
    expect(ended(openai, '/v1/audio/transcriptions', event)).toMatchObject({
      end: 'unjudged',
      usage: { inputTokens: 14, outputTokens: 45 },
    });
    expect(ended(anthropic, '/v1/*', 'event: x\ndata: {}\n\n').end).toBe('unjudged');
    expect(ended(gemini, '/v1beta/interactions', 'data: {}\n\n').end).toBe('unjudged');
  });
});
