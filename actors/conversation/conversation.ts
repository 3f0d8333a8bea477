/** The conversation as the runtime sees it. */
import type { ConversationEvent } from '../../events/conversation.ts';
import type { ActorKindDefinition } from '../runtime/actorKind.ts';
import type { ConversationCommand } from './commands.ts';
import { decide } from './decide.ts';
import { conversationMachine } from './machine.ts';

export const conversationKind: ActorKindDefinition<
  typeof conversationMachine,
  ConversationCommand,
  ConversationEvent
> = {
  kind: 'conversation',
  machine: conversationMachine,
  machineVersion: 1,
  decide,
};
