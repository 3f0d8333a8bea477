/** What each event of a conversation does to its row: the same as its machine does to the actor. */
import type { ConversationData, ConversationEvent } from '../conversation.ts';
import type { StoredEvent } from '../event.ts';
import type { ConversationRow } from './conversations.ts';

type Row = ConversationRow;
type Ended = ConversationData<'TurnCompleted' | 'TurnFailed' | 'TurnInterrupted'>;

/** What is asked for by more names than this is found under the first of them. */
const maxModels = 64;

const withModel = (models: readonly string[], model: string): readonly string[] =>
  model === '' || models.includes(model) || models.length >= maxModels
    ? models
    : [...models, model];

function begun(
  id: string,
  sequence: number,
  { owner, keyRef, title, model, startedAtMs }: ConversationData<'ConversationStarted'>,
): Row {
  return {
    id,
    owner,
    status: 'idle',
    keyRef,
    title,
    model,
    models: [],
    startedAtMs,
    updatedAtMs: startedAtMs,
    turns: 0,
    messages: 0,
    runningTurn: null,
    isAnswered: false,
    inputTokens: 0,
    outputTokens: 0,
    costMicroUsd: 0,
    forkedFrom: null,
    forkedAtTurn: null,
    sequence,
  };
}

/** The row of a conversation that is not there: only two types make one. */
function added({ actor, type, data, sequence }: StoredEvent<ConversationEvent>): Row | undefined {
  if (type === 'ConversationStarted') return begun(actor.id, sequence, data);
  if (type !== 'ConversationForked') return undefined;
  const { from: forkedFrom, atTurn } = data;
  const taken = { forkedFrom, forkedAtTurn: atTurn, turns: atTurn, messages: 2 * atTurn };
  return { ...begun(actor.id, sequence, data), ...taken };
}

const answered = (row: Row): Partial<Row> =>
  row.isAnswered ? {} : { isAnswered: true, messages: row.messages + 1 };

const over = (row: Row, { endedAtMs, model, usage, costMicroUsd }: Ended): Partial<Row> => ({
  status: 'idle',
  runningTurn: null,
  updatedAtMs: endedAtMs,
  models: withModel(row.models, model),
  inputTokens: row.inputTokens + (usage?.inputTokens ?? 0),
  outputTokens: row.outputTokens + (usage?.outputTokens ?? 0),
  costMicroUsd: row.costMicroUsd + (costMicroUsd ?? 0),
});

/** What it was called and which models it asked is gone; that there was one, and what it cost, is not. */
const erased: Partial<Row> = {
  status: 'erased',
  title: null,
  model: null,
  models: [],
  runningTurn: null,
  forkedFrom: null,
  forkedAtTurn: null,
};

/** What changes in the row of a conversation that is there. */
function changes(row: Row, { type, data }: StoredEvent<ConversationEvent>): Partial<Row> {
  const isRunning = row.status === 'running';
  switch (type) {
    case 'ConversationStarted':
    case 'ConversationForked':
      return {};
    case 'TurnStarted':
      if (row.status !== 'idle') return {};
      return {
        status: 'running',
        runningTurn: data.turnId,
        isAnswered: false,
        turns: row.turns + 1,
        messages: row.messages + 1,
        models: withModel(row.models, data.model),
        updatedAtMs: data.startedAtMs,
        title: data.title ?? row.title,
      };
    case 'TurnProgressed':
      return isRunning ? answered(row) : {};
    case 'TurnCompleted':
      return isRunning ? { ...over(row, data), ...answered(row) } : {};
    case 'TurnFailed':
      return isRunning ? over(row, data) : {};
    case 'TurnInterrupted':
      if (!isRunning) return {};
      return { ...over(row, data), ...(data.answer && answered(row)) };
    case 'ConversationRenamed':
      return { title: data.title };
    case 'ConversationArchived':
      return row.status === 'idle' ? { status: 'archived' } : {};
    case 'ConversationUnarchived':
      return row.status === 'archived' ? { status: 'idle' } : {};
    case 'ConversationErased':
      return erased;
    default:
      return type satisfies never;
  }
}

/** The row after an event; undefined for a conversation that was never begun. */
export function foldConversation(
  row: Row | undefined,
  event: StoredEvent<ConversationEvent>,
): Row | undefined {
  if (!row) return added(event);
  const { sequence } = event;
  return row.status === 'erased'
    ? { ...row, sequence }
    : { ...row, ...changes(row, event), sequence };
}
