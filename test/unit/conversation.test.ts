/** What becomes of a conversation, turn by turn. */
import { describe, expect, test } from 'bun:test';
import { conversationKind } from '../../actors/conversation/conversation.ts';
import type { ConversationData, ConversationEvent } from '../../events/conversation.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(conversationKind);

const sealed = (ciphertext: string) => ({ nonce: 'bm9uY2U=', ciphertext, contentBytes: 4 });
const beginning: ConversationData<'ConversationStarted'> = {
  owner: 'ann',
  startedAtMs: 1_790_000_000_000,
  keyRef: 'conversation-1.ab12',
  title: null,
  systemPrompt: sealed('system'),
  model: 'gpt-5',
  maxTokens: null,
  temperature: 0.5,
};
const started: ConversationEvent = { type: 'ConversationStarted', data: beginning };
const fork = { ...beginning, from: 'conversation-0', atTurn: 7, history: sealed('history') };
const forked: ConversationEvent = { type: 'ConversationForked', data: fork };

const asked = (turnId: string) => ({
  turnId,
  answerId: `${turnId}-answer`,
  startedAtMs: 1_790_000_001_000,
  gatewayId: 'gateway-1',
  startId: 'start-1',
  model: 'gpt-5',
  question: sealed(`question of ${turnId}`),
});
const begun = (turnId: string, number: number): ConversationEvent => ({
  type: 'TurnStarted',
  data: { ...asked(turnId), number },
});
const part = (turnId: string, text: string): ConversationEvent => ({
  type: 'TurnProgressed',
  data: { turnId, part: sealed(text) },
});
const answered = (turnId: string) => ({
  turnId,
  endedAtMs: 1_790_000_002_000,
  provider: 'openai',
  keyId: 'key-1',
  model: 'gpt-5-2025',
  dialect: 'openai' as const,
  usage: { inputTokens: 3, outputTokens: 2, cachedTokens: 0, reasoningTokens: 0 },
  costMicroUsd: 12,
});
const whole = (turnId: string) => ({
  ...answered(turnId),
  answer: sealed('answer'),
  finishReason: 'stop',
});
const completed = (turnId: string): ConversationEvent => ({
  type: 'TurnCompleted',
  data: whole(turnId),
});
const gone = (turnId: string) => ({ ...answered(turnId), cause: 'gateway-gone' as const });
const interrupted = (turnId: string): ConversationEvent => ({
  type: 'TurnInterrupted',
  data: gone(turnId),
});
const start = (turnId: string, mostMessages: number | null = null) =>
  ({ type: 'StartTurn', ...asked(turnId), mostMessages }) as const;
const archived: ConversationEvent = { type: 'ConversationArchived', data: {} };
const erased: ConversationEvent = { type: 'ConversationErased', data: { erasedAtMs: 1 } };

describe('a conversation that is not there', () => {
  test('is started', () => {
    const state = given()
      .when({ type: 'StartConversation', ...beginning })
      .thenHappened(started);
    expect(state.value).toBe('idle');
    expect(state.context).toMatchObject(beginning);
  });
  test('may begin with the turns of another, and counts on from there', () => {
    given()
      .when({ type: 'ForkConversation', ...fork })
      .thenHappened(forked);
    given(forked).when(start('t8')).thenHappened(begun('t8', 8));
  });
  test('cannot be gone on with, renamed or erased', () => {
    given().when(start('t1')).thenRefused('NOT_FOUND');
    given()
      .when({ type: 'RenameConversation', title: sealed('title') })
      .thenRefused('NOT_FOUND');
    given().when({ type: 'EraseConversation', nowMs: 1 }).thenRefused('NOT_FOUND');
    given(started)
      .when({ type: 'StartConversation', ...beginning })
      .thenRefused('ALREADY_EXISTS');
  });
});

describe('a conversation that is idle', () => {
  test('begins a turn, and has the title of its first message', () => {
    const title = sealed('title');
    const state = given(started)
      .when({ ...start('t1'), title })
      .thenHappened({ type: 'TurnStarted', data: { ...asked('t1'), number: 1, title } });
    expect(state.value).toBe('running');
    expect(state.context.title).toEqual(title);
  });
  test('keeps the title that it was given', () => {
    const title = sealed('given');
    const renamed: ConversationEvent = { type: 'ConversationRenamed', data: { title } };
    given(started, renamed)
      .when({ ...start('t1'), title: sealed('made') })
      .thenHappened(begun('t1', 1));
  });
  test('takes so many messages and no more', () => {
    const full = [started, begun('t1', 1), completed('t1'), begun('t2', 2), completed('t2')];
    given(...full)
      .when(start('t3', 5))
      .thenHappened(begun('t3', 3));
    given(...full)
      .when(start('t3', 4))
      .thenRefused('FULL');
    given(forked).when(start('t8', 14)).thenRefused('FULL');
  });
  test('counts no answer where none came', () => {
    given(started, begun('t1', 1), interrupted('t1'), begun('t2', 2), interrupted('t2'))
      .when(start('t3', 3))
      .thenHappened(begun('t3', 3));
  });
  test('has no word for a turn that is over', () => {
    const over = given(started, begun('t1', 1), completed('t1'));
    over.when({ type: 'InterruptTurn', ...gone('t1') }).thenNothingHappened();
    over.when({ type: 'CompleteTurn', ...whole('t1') }).thenNothingHappened();
    over.when({ type: 'ProgressTurn', turnId: 't1', part: sealed('late') }).thenNothingHappened();
  });
});

describe('a turn that runs', () => {
  const running = [started, begun('t1', 1), part('t1', 'one'), part('t1', 'two')];
  test('keeps any other from beginning', () => {
    given(...running)
      .when(start('t2'))
      .thenRefused('TURN_RUNNING');
    given(...running)
      .when({ type: 'ArchiveConversation' })
      .thenRefused('TURN_RUNNING');
  });
  test('is completed, and its parts give way to the whole answer', () => {
    const state = given(...running)
      .when({ type: 'CompleteTurn', ...whole('t1') })
      .thenHappened(completed('t1'));
    expect(state.value).toBe('idle');
    expect(state.context.turns).toMatchObject([
      { status: 'completed', model: 'gpt-5-2025', parts: [], answer: sealed('answer') },
    ]);
  });
  test('is interrupted, and what came of it stays', () => {
    const state = given(...running)
      .when({ type: 'InterruptTurn', ...gone('t1') })
      .thenHappened(interrupted('t1'));
    expect(state.context.turns).toMatchObject([
      { status: 'interrupted', answer: null, parts: [sealed('one'), sealed('two')] },
    ]);
    given(...running, interrupted('t1'))
      .when({ type: 'CompleteTurn', ...whole('t1') })
      .thenNothingHappened();
  });
  test('fails, and says why', () => {
    const failure = { ...answered('t1'), status: 429, code: 'rate_limit', reason: sealed('why') };
    const state = given(...running)
      .when({ type: 'FailTurn', ...failure })
      .thenHappened({ type: 'TurnFailed', data: failure });
    expect(state.context.turns.at(-1)?.fault).toMatchObject({ kind: 'failed', status: 429 });
  });
  test('that another one took the place of is not heard any more', () => {
    given(...running, interrupted('t1'), begun('t2', 2))
      .when({ type: 'CompleteTurn', ...whole('t1') })
      .thenNothingHappened();
  });
});

describe('a conversation that is put away', () => {
  test('is archived once, and goes on when it is taken back', () => {
    given(started).when({ type: 'ArchiveConversation' }).thenHappened(archived);
    given(started, archived).when({ type: 'ArchiveConversation' }).thenNothingHappened();
    given(started, archived).when(start('t1')).thenRefused('ARCHIVED');
    given(started, archived)
      .when({ type: 'UnarchiveConversation' })
      .thenHappened({ type: 'ConversationUnarchived', data: {} });
    given(started).when({ type: 'UnarchiveConversation' }).thenNothingHappened();
  });
  test('is erased from any state, also in mid-turn, and keeps nothing that was said', () => {
    for (const facts of [[started], [started, archived], [started, begun('t1', 1)]]) {
      const state = given(...facts)
        .when({ type: 'EraseConversation', nowMs: 1 })
        .thenHappened(erased);
      expect(JSON.stringify(state.context)).not.toContain('ciphertext');
      expect(state.context.owner).toBe('ann');
    }
    given(started, erased).when({ type: 'EraseConversation', nowMs: 2 }).thenNothingHappened();
    given(started, erased).when(start('t1')).thenRefused('GONE');
    given(started, begun('t1', 1), erased)
      .when({ type: 'CompleteTurn', ...whole('t1') })
      .thenNothingHappened();
  });
});
