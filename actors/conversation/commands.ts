/** What can be asked of a conversation. */
import type { ConversationData, SealedContent } from '../../events/conversation.ts';

export type StartConversation = Readonly<{ type: 'StartConversation' }> &
  ConversationData<'ConversationStarted'>;

export type ForkConversation = Readonly<{ type: 'ForkConversation' }> &
  ConversationData<'ConversationForked'>;

/** The turn's number is the conversation's to give; `title` is taken where there is none yet. */
export type StartTurn = Readonly<{
  type: 'StartTurn';
  /** With more messages than this, the new one included, it is refused; null for no limit. */
  mostMessages: number | null;
}> &
  Omit<ConversationData<'TurnStarted'>, 'number'>;

export type ProgressTurn = Readonly<{ type: 'ProgressTurn' }> & ConversationData<'TurnProgressed'>;
export type CompleteTurn = Readonly<{ type: 'CompleteTurn' }> & ConversationData<'TurnCompleted'>;
export type FailTurn = Readonly<{ type: 'FailTurn' }> & ConversationData<'TurnFailed'>;
export type InterruptTurn = Readonly<{ type: 'InterruptTurn' }> &
  ConversationData<'TurnInterrupted'>;

export type RenameConversation = Readonly<{ type: 'RenameConversation'; title: SealedContent }>;
export type ArchiveConversation = Readonly<{ type: 'ArchiveConversation' }>;
export type UnarchiveConversation = Readonly<{ type: 'UnarchiveConversation' }>;
/** To be asked once its data key is gone. */
export type EraseConversation = Readonly<{ type: 'EraseConversation'; nowMs: number }>;

export type ConversationCommand =
  | StartConversation
  | ForkConversation
  | StartTurn
  | ProgressTurn
  | CompleteTurn
  | FailTurn
  | InterruptTurn
  | RenameConversation
  | ArchiveConversation
  | UnarchiveConversation
  | EraseConversation;
