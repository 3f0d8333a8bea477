/** The row of a conversation and its actor say the same after the same events. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { initialTransition, transition } from 'xstate';
import type { ConversationContext } from '../../actors/conversation/context.ts';
import { conversationMachine } from '../../actors/conversation/machine.ts';
import type { ConversationEvent } from '../../events/conversation.ts';
import type { StoredEvent } from '../../events/event.ts';
import { actorId, newEventId } from '../../events/ids.ts';
import { foldConversation } from '../../events/projections/conversationFold.ts';
import type { ConversationRow } from '../../events/projections/conversations.ts';
import { presentConversation } from '../../server/present/conversation.ts';
import { sampleCause } from '../support/sampleEvents.ts';

type Fact = ConversationEvent;
const cause = sampleCause();
const id = actorId('one');

const stored = (fact: Fact, sequence: number): StoredEvent<Fact> => ({
  ...fact,
  id: newEventId(),
  version: 1,
  cause,
  actor: { kind: 'conversation', id },
  sequence,
  timeMs: 1_000 + sequence,
});

const sealed = fc.record({
  nonce: fc.constant('bm9uY2U='),
  ciphertext: fc.constantFrom('a', 'b'),
  contentBytes: fc.integer({ min: 1, max: 99 }),
});
const count = fc.integer({ min: 0, max: 9_999 });
const model = fc.constantFrom('gpt-5', 'claude-x', '');
const turnId = fc.constantFrom('t1', 't2');
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const beginning = {
  owner: fc.constantFrom('', 'ann'),
  startedAtMs: count,
  keyRef: fc.constant('one.ab'),
  title: orNull(sealed),
  systemPrompt: orNull(sealed),
  model: orNull(model),
  maxTokens: orNull(count),
  temperature: orNull(fc.constant(1)),
};
const usage = fc.record({
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  reasoningTokens: count,
});
const answered = {
  turnId,
  endedAtMs: count,
  provider: fc.constantFrom('', 'openai'),
  keyId: fc.constant('k'),
  model,
  dialect: fc.constant(null),
  usage: orNull(usage),
  costMicroUsd: orNull(count),
};
const fact = <Type extends Fact['type']>(
  type: Type,
  data: fc.Arbitrary<Extract<Fact, { type: Type }>['data']>,
): fc.Arbitrary<Fact> => data.map((value) => ({ type, data: value }) as Fact);

const begins = fc.oneof(
  fact('ConversationStarted', fc.record(beginning)),
  fact(
    'ConversationForked',
    fc.record({
      ...beginning,
      from: fc.constant('zero'),
      atTurn: fc.integer({ min: 0, max: 5 }),
      history: sealed,
    }),
  ),
);
const started = fact(
  'TurnStarted',
  fc.record(
    {
      turnId,
      answerId: fc.constant('a'),
      number: fc.integer({ min: 1, max: 9 }),
      startedAtMs: count,
      gatewayId: fc.constant('g'),
      startId: fc.constant('s'),
      model,
      question: sealed,
      title: sealed,
    },
    {
      requiredKeys: [
        'turnId',
        'answerId',
        'number',
        'startedAtMs',
        'gatewayId',
        'startId',
        'model',
        'question',
      ],
    },
  ),
);
const progressed = fact('TurnProgressed', fc.record({ turnId, part: sealed }));
const completed = fact(
  'TurnCompleted',
  fc.record({ ...answered, answer: sealed, finishReason: orNull(fc.constant('stop')) }),
);
const failed = fact(
  'TurnFailed',
  fc.record({ ...answered, status: count, code: fc.constant('X'), reason: sealed }),
);
const interrupted = fact(
  'TurnInterrupted',
  fc.record(
    { ...answered, cause: fc.constant('upstream' as const), answer: sealed },
    {
      requiredKeys: [...(Object.keys(answered) as (keyof typeof answered)[]), 'cause'],
    },
  ),
);
const anyFact = fc.oneof(
  begins,
  { weight: 4, arbitrary: started },
  { weight: 2, arbitrary: progressed },
  { weight: 3, arbitrary: completed },
  failed,
  interrupted,
  fact('ConversationRenamed', fc.record({ title: sealed })),
  fact('ConversationArchived', fc.constant({})),
  { weight: 2, arbitrary: fact('ConversationUnarchived', fc.constant({})) },
);
const erased = fact('ConversationErased', fc.record({ erasedAtMs: count }));

/** What both know, in one form. */
function ofRow(row: ConversationRow) {
  const { status, owner, model: named, title, turns, messages, runningTurn } = row;
  const { forkedFrom, forkedAtTurn, inputTokens, outputTokens, costMicroUsd } = row;
  return {
    status,
    owner,
    model: named,
    title,
    turn_count: turns,
    message_count: messages,
    running_turn: runningTurn,
    forked_from: forkedFrom === null ? null : { id: forkedFrom, turn: forkedAtTurn },
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
    cost_micro_usd: costMicroUsd,
    created_at: new Date(row.startedAtMs).toISOString(),
    updated_at: new Date(row.updatedAtMs).toISOString(),
  };
}

describe('the row of a conversation', () => {
  test('equals its actor after every event', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 40 }), (facts) => {
        let [state] = initialTransition(conversationMachine);
        let row: ConversationRow | undefined;
        for (const [index, one] of facts.entries()) {
          if (state.can(one)) [state] = transition(conversationMachine, state, one);
          row = foldConversation(row, stored(one, index + 1));
          if (state.value === 'unknown') {
            expect(row).toBeUndefined();
            continue;
          }
          const context: ConversationContext = state.context;
          const shown = presentConversation({
            id,
            state,
            context,
            title: null,
            systemPrompt: null,
          });
          const { id: _id, max_tokens: _max, temperature: _temperature, ...more } = shown;
          const { system_prompt: _system, ...known } = more;
          expect(row && ofRow(row)).toEqual({ ...known, title: context.title } as never);
          expect(row?.sequence).toBe(index + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('keeps whose it was and what it cost once it is erased, and nothing else', () => {
    fc.assert(
      fc.property(begins, fc.array(anyFact, { maxLength: 20 }), erased, (first, facts, last) => {
        let row: ConversationRow | undefined;
        for (const [index, one] of [first, ...facts].entries()) {
          row = foldConversation(row, stored(one, index + 1));
        }
        const before = row;
        row = foldConversation(row, stored(last, 100));
        row = foldConversation(row, stored({ type: 'ConversationArchived', data: {} }, 101));
        expect(row).toMatchObject({
          status: 'erased',
          owner: before?.owner ?? '',
          title: null,
          model: null,
          models: [],
          runningTurn: null,
          costMicroUsd: before?.costMicroUsd ?? 0,
        });
      }),
    );
  });
});
