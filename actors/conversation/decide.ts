/** What a command to a conversation leads to: one event, nothing, or a refusal. */
import type { ConversationEvent } from '../../events/conversation.ts';
import { Refusal } from '../runtime/refusal.ts';
import type { ConversationCommand, StartTurn } from './commands.ts';
import { messageCount, nextNumber } from './context.ts';
import type { ConversationState } from './machine.ts';

type Decision = ConversationEvent | null;

export function decide(command: ConversationCommand, state: ConversationState): Decision {
  switch (command.type) {
    case 'StartConversation': {
      const { type: _type, ...data } = command;
      mustBeNew(state);
      return { type: 'ConversationStarted', data };
    }
    case 'ForkConversation': {
      const { type: _type, ...data } = command;
      mustBeNew(state);
      return { type: 'ConversationForked', data };
    }
    case 'StartTurn':
      return startTurn(command, state);
    case 'ProgressTurn': {
      const { type: _type, ...data } = command;
      return isRunning(state, data.turnId) ? { type: 'TurnProgressed', data } : null;
    }
    case 'CompleteTurn': {
      const { type: _type, ...data } = command;
      return isRunning(state, data.turnId) ? { type: 'TurnCompleted', data } : null;
    }
    case 'FailTurn': {
      const { type: _type, ...data } = command;
      return isRunning(state, data.turnId) ? { type: 'TurnFailed', data } : null;
    }
    case 'InterruptTurn': {
      const { type: _type, ...data } = command;
      return isRunning(state, data.turnId) ? { type: 'TurnInterrupted', data } : null;
    }
    case 'RenameConversation':
      mustBeThere(state);
      return { type: 'ConversationRenamed', data: { title: command.title } };
    case 'ArchiveConversation':
      mustBeThere(state);
      mustBeIdle(state);
      return state.value === 'archived' ? null : { type: 'ConversationArchived', data: {} };
    case 'UnarchiveConversation':
      mustBeThere(state);
      return state.value === 'archived' ? { type: 'ConversationUnarchived', data: {} } : null;
    case 'EraseConversation':
      if (state.value === 'erased') return null;
      mustBeThere(state);
      return { type: 'ConversationErased', data: { erasedAtMs: command.nowMs } };
    default:
      return command satisfies never;
  }
}

/** What comes late of a turn that was ended meanwhile changes nothing. */
const isRunning = ({ value, context }: ConversationState, turnId: string): boolean =>
  value === 'running' && context.turns.at(-1)?.id === turnId;

function mustBeNew({ value }: ConversationState): void {
  if (value !== 'unknown') throw new Refusal('ALREADY_EXISTS', 'there is such a conversation');
}

function mustBeThere({ value }: ConversationState): void {
  if (value === 'unknown') throw new Refusal('NOT_FOUND', 'there is no such conversation');
  if (value === 'erased') throw new Refusal('GONE', 'the conversation was erased');
}

/** @throws {Refusal} TURN_RUNNING */
export function mustBeIdle({ value, context }: ConversationState): void {
  if (value !== 'running') return;
  const number = context.turns.at(-1)?.number ?? 0;
  throw new Refusal('TURN_RUNNING', `turn ${number} is still being answered; try again later`);
}

function startTurn(command: StartTurn, state: ConversationState): Decision {
  mustBeThere(state);
  mustBeIdle(state);
  if (state.value === 'archived')
    throw new Refusal('ARCHIVED', 'the conversation is archived; unarchive it to go on with it');
  const { type: _type, title, mostMessages, ...data } = command;
  const { context } = state;
  const number = nextNumber(context);
  if (mostMessages !== null && messageCount(context) + 1 > mostMessages)
    throw new Refusal(
      'FULL',
      `the conversation has its ${mostMessages} messages; fork it or begin another`,
    );
  const isTitled = context.title !== null || title === undefined;
  return {
    type: 'TurnStarted',
    data: { ...data, number, ...(!isTitled && { title }) },
  };
}
