/** Events of conversations as others than their owner see them: that something was said, not what. */
import type { ControlMessage } from '../../events/log.ts';
import { objectOf } from '../proxy/json.ts';

/** A sealed text is told by its length, and where its key lies by nothing. */
export const withoutContent = (data: object): object =>
  Object.fromEntries(
    Object.entries(data).flatMap(([name, value]: [string, unknown]) => {
      if (name === 'keyRef') return [];
      const object = objectOf(value);
      const isSealed = object !== null && Object.hasOwn(object, 'nonce');
      return [[name, isSealed ? { contentBytes: object['contentBytes'] } : value]];
    }),
  );

const statuses: Readonly<Record<string, string>> = {
  ConversationStarted: 'idle',
  ConversationForked: 'idle',
  TurnStarted: 'running',
  TurnProgressed: 'running',
  TurnCompleted: 'idle',
  TurnFailed: 'idle',
  TurnInterrupted: 'idle',
  ConversationArchived: 'archived',
  ConversationUnarchived: 'idle',
  ConversationErased: 'erased',
};

export const isOfConversation = (message: ControlMessage): boolean =>
  (message.ok ? message.event.actor : message.actor)?.kind === 'conversation';

/** Each leads to one status alone; undefined for those that lead to none. */
export const statusAfterEvent = (message: ControlMessage): string | undefined =>
  message.ok ? statuses[message.event.type] : undefined;
