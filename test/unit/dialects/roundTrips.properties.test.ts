/** Whatever is said comes back as it was, and whatever is sent keeps the rules of its vendor. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { MessagePart, NeutralMessage } from '../../../events/neutralMessage.ts';
import type { Dialect } from '../../../events/provider.ts';
import { dialects } from '../../../server/dialects/dialects.ts';
import { breaches } from '../../fixtures/dialects/breaches.ts';
import { orderly, wild } from '../../fixtures/dialects/conversations.ts';
import { meaningOf } from '../../fixtures/dialects/meaning.ts';
import { orders } from '../../fixtures/dialects/moves.ts';

const all: readonly Dialect[] = ['openai', 'anthropic', 'gemini'];

/** Models whose vendors have the most rules. */
const models = { openai: 'gpt-5.2', anthropic: 'claude-opus-5', gemini: 'gemini-3-pro' };

const bodyOf = (dialect: Dialect, messages: readonly NeutralMessage[], model = models[dialect]) => {
  const { path, body } = dialects[dialect].requestOf({ model, messages, stream: false });
  return { path, body: JSON.parse(JSON.stringify(body)) as unknown };
};

const passed = (dialect: Dialect, messages: readonly NeutralMessage[]): NeutralMessage[] => {
  const { path, body } = bodyOf(dialect, messages);
  return [...dialects[dialect].questionOf(body, path)!.messages];
};

/** Gemini alone writes the name of a result; OpenAI has no place for its failure. */
const comparable = (dialect: Dialect, messages: readonly NeutralMessage[]): NeutralMessage[] =>
  messages.map(({ role, parts }) => ({
    role,
    parts: parts.map((part): MessagePart => {
      if (part.type === 'toolCall') {
        const { signature: _signature, ...call } = part;
        return call;
      }
      if (part.type !== 'toolResult') return part;
      const { name: _name, isError, ...result } = part;
      if (dialect !== 'openai') return { ...result, ...(isError ? { isError } : {}) };
      const content = result.content.map((one) =>
        one.type === 'text' ? { ...one, text: one.text.replace(/^Error: /, '') } : one,
      );
      return { ...result, content };
    }),
  }));

describe('An orderly conversation', () => {
  for (const dialect of all) {
    test(`is read from a request to ${dialect} as it was written`, () => {
      fc.assert(
        fc.property(orderly(dialect !== 'openai'), (messages) => {
          const read = passed(dialect, messages);
          expect(comparable(dialect, read)).toEqual(comparable(dialect, messages));
        }),
      );
    });
  }

  for (const order of orders) {
    test(`means the same after ${order.join(', ')}`, () => {
      fc.assert(
        fc.property(orderly(true), (messages) => {
          const read = order.reduce((said, dialect) => passed(dialect, said), messages);
          expect(meaningOf(read)).toEqual(meaningOf(messages));
        }),
      );
    });
  }
});

describe('A wild conversation', () => {
  for (const dialect of all) {
    test(`is sent to ${dialect} by its rules`, () => {
      fc.assert(
        fc.property(wild, (messages) => {
          expect(breaches(dialect, bodyOf(dialect, messages).body)).toEqual([]);
        }),
        { numRuns: 500 },
      );
    });

    test(`is sent to ${dialect} in the same words when it was read from there`, () => {
      fc.assert(
        fc.property(wild, (messages) => {
          const sent = bodyOf(dialect, messages);
          const read = dialects[dialect].questionOf(sent.body, sent.path)!;
          expect(bodyOf(dialect, read.messages).body).toEqual(sent.body);
        }),
        { numRuns: 500 },
      );
    });
  }

  test('keeps the rules of each vendor after all the others', () => {
    fc.assert(
      fc.property(wild, fc.constantFrom(...orders), (messages, [first, second, third]) => {
        const read = passed(second, passed(first, messages));
        expect(breaches(third, bodyOf(third, read).body)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
