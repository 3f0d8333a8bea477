/** What can be told to the operator's actor: logins that passed or failed their check, logouts, and what was looked at. */

/** The password was right. */
export type LogIn = Readonly<{
  type: 'LogIn';
  sessionId: string;
  address: string;
  nowMs: number;
  expiresAtMs: number;
}>;

/** `expiresAtMs` is the session's own: from then on its token is worthless by itself. */
export type LogOut = Readonly<{ type: 'LogOut'; sessionId: string; expiresAtMs: number }>;

/** The password was wrong. Only for tries that were checked: one that comes while blocked is not. */
export type FailLogin = Readonly<{ type: 'FailLogin'; address: string; nowMs: number }>;

/** A recorded body is about to be shown. */
export type ReadRequestBody = Readonly<{ type: 'ReadRequestBody'; requestId: string }>;

/** What was said in a client's conversation is about to be shown. */
export type ReadConversation = Readonly<{
  type: 'ReadConversation';
  conversationId: string;
  owner: string;
}>;

export type OperatorCommand = LogIn | LogOut | FailLogin | ReadRequestBody | ReadConversation;
