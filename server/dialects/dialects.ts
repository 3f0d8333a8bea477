/** The three dialects in which a conversation can be held. */
import type { Dialect } from '../../events/provider.ts';
import { anthropicAnswerOf, createAnthropicReader } from './anthropic/answer.ts';
import { anthropicQuestionOf } from './anthropic/question.ts';
import { anthropicRequestOf } from './anthropic/request.ts';
import type { DialectForm } from './form.ts';
import { createGeminiReader, geminiAnswerOf } from './gemini/answer.ts';
import { geminiQuestionOf } from './gemini/question.ts';
import { geminiRequestOf } from './gemini/request.ts';
import { createOpenAiReader, openAiAnswerOf } from './openai/answer.ts';
import { openAiQuestionOf } from './openai/question.ts';
import { openAiRequestOf } from './openai/request.ts';

export const dialects: Readonly<Record<Dialect, DialectForm>> = {
  openai: {
    requestOf: openAiRequestOf,
    questionOf: openAiQuestionOf,
    answerOf: openAiAnswerOf,
    createAnswerReader: createOpenAiReader,
  },
  anthropic: {
    requestOf: anthropicRequestOf,
    questionOf: anthropicQuestionOf,
    answerOf: anthropicAnswerOf,
    createAnswerReader: createAnthropicReader,
  },
  gemini: {
    requestOf: geminiRequestOf,
    questionOf: geminiQuestionOf,
    answerOf: geminiAnswerOf,
    createAnswerReader: createGeminiReader,
  },
};
