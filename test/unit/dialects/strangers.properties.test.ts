/** Bodies and streams come from strangers: whatever they hold, reading them throws nothing. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Dialect } from '../../../events/provider.ts';
import { dialects } from '../../../server/dialects/dialects.ts';
import { plainAnswers, streamedAnswers } from '../../fixtures/dialects/answers.ts';
import { toAnthropic, toGemini, toOpenAi } from '../../fixtures/dialects/requests.ts';

const all: readonly Dialect[] = ['openai', 'anthropic', 'gemini'];
const questions = { openai: toOpenAi, anthropic: toAnthropic, gemini: toGemini };

/** The value with something else in the place of one of its parts. */
function spoilt(value: unknown, path: readonly number[], other: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return other;
  const copy: unknown = Array.isArray(value) ? [...value] : { ...value };
  const part = (value as Record<string, unknown>)[key];
  (copy as Record<string, unknown>)[key] = spoilt(part, rest, other);
  return copy;
}

const path = fc.array(fc.nat(9), { minLength: 1, maxLength: 9 });
const other = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'text', -1, true, [], {}, [null], [[]], { type: 'text' }),
  fc.jsonValue({ maxDepth: 3 }),
);

describe('A body with something strange in it', () => {
  for (const dialect of all) {
    const form = dialects[dialect];

    test(`is read as a question to ${dialect}, which can be asked again, or as none`, () => {
      fc.assert(
        fc.property(path, other, (at, strange) => {
          const question = form.questionOf(spoilt(questions[dialect], at, strange), '/v1');
          if (!question) return;
          for (const to of all) dialects[to].requestOf({ ...question, model: 'm' });
        }),
        { numRuns: 1000 },
      );
    });

    test(`is read as an answer of ${dialect} or as none`, () => {
      fc.assert(
        fc.property(path, other, (at, strange) => {
          const answer = form.answerOf(spoilt(plainAnswers[dialect].call, at, strange));
          if (!answer) return;
          const messages = [answer.message];
          for (const to of all) dialects[to].requestOf({ model: 'm', messages, stream: true });
        }),
        { numRuns: 1000 },
      );
    });

    test(`is read within a stream of ${dialect}`, () => {
      const events = streamedAnswers[dialect]
        .split('\n')
        .filter((line) => line.startsWith('data: {'))
        .map((line) => JSON.parse(line.slice('data: '.length)) as unknown);
      fc.assert(
        fc.property(fc.nat(events.length - 1), path, other, (index, at, strange) => {
          const reader = form.createAnswerReader();
          const spoiltEvents = events.with(index, spoilt(events[index], at, strange));
          for (const event of spoiltEvents) reader.push({ name: '', data: JSON.stringify(event) });
          const { message } = reader.end();
          dialects.anthropic.requestOf({ model: 'm', messages: [message], stream: false });
        }),
        { numRuns: 1000 },
      );
    });
  }
});

test('What is no question and no answer is none', () => {
  const bodies = [
    null,
    undefined,
    'text',
    3,
    [],
    {},
    { messages: 'no', contents: 3 },
    { error: {} },
  ];
  for (const dialect of all) {
    for (const body of bodies) {
      expect(dialects[dialect].questionOf(body)).toBeNull();
      expect(dialects[dialect].answerOf(body)).toBeNull();
    }
  }
});

test('Documents within documents are read to where they have a meaning', () => {
  let content: unknown = 'Deep.';
  for (let depth = 0; depth < 5000; depth += 1) {
    content = [{ type: 'document', source: { type: 'content', content } }];
  }
  const question = dialects.anthropic.questionOf({ messages: [{ role: 'user', content }] });
  expect(question?.messages).toHaveLength(1);
});
