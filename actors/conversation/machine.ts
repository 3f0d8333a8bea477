/** How a conversation changes with each fact. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { ConversationEvent } from '../../events/conversation.ts';
import {
  begun,
  completed,
  erased,
  failed,
  forked,
  interrupted,
  progressed,
  unknownConversation,
  type ConversationContext,
} from './context.ts';

export const conversationMachine = setup({
  types: {} as { context: ConversationContext; events: ConversationEvent },
}).createMachine({
  id: 'conversation',
  context: unknownConversation,
  initial: 'unknown',
  on: {
    ConversationRenamed: {
      actions: assign(({ event: { data } }) => ({ title: data.title })),
    },
    ConversationErased: {
      target: '.erased',
      actions: assign(({ context, event: { data } }) => erased(context, data)),
    },
  },
  states: {
    unknown: {
      on: {
        ConversationRenamed: undefined,
        ConversationErased: undefined,
        ConversationStarted: {
          target: 'idle',
          actions: assign(({ event: { data } }) => data),
        },
        ConversationForked: {
          target: 'idle',
          actions: assign(({ event: { data } }) => forked(data)),
        },
      },
    },
    idle: {
      on: {
        TurnStarted: {
          target: 'running',
          actions: assign(({ context, event: { data } }) => begun(context, data)),
        },
        ConversationArchived: { target: 'archived', actions: assign({ isArchived: true }) },
      },
    },
    running: {
      on: {
        TurnProgressed: {
          actions: assign(({ context, event: { data } }) => progressed(context, data)),
        },
        TurnCompleted: {
          target: 'idle',
          actions: assign(({ context, event: { data } }) => completed(context, data)),
        },
        TurnFailed: {
          target: 'idle',
          actions: assign(({ context, event: { data } }) => failed(context, data)),
        },
        TurnInterrupted: {
          target: 'idle',
          actions: assign(({ context, event: { data } }) => interrupted(context, data)),
        },
      },
    },
    archived: {
      on: { ConversationUnarchived: { target: 'idle', actions: assign({ isArchived: false }) } },
    },
    erased: { on: { ConversationRenamed: undefined, ConversationErased: undefined } },
  },
});

export type ConversationState = SnapshotFrom<typeof conversationMachine>;
