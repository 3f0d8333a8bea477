/** Events of the operator: who opened the management side, and who tried to. */
import { t, type Static } from './schema.ts';

export const operatorSchemas = {
  OperatorLoggedIn: t.Object({
    sessionId: t.String(),
    address: t.String(),
    expiresAtMs: t.Integer(),
  }),
  /** The session is refused from here until `expiresAtMs`, after which its token is worthless by itself. */
  OperatorLoggedOut: t.Object({ sessionId: t.String(), expiresAtMs: t.Integer() }),
  /** A wrong password that was checked; tries that came while blocked are answered without a check and an event. */
  OperatorLoginFailed: t.Object({
    address: t.String(),
    atMs: t.Integer(),
    addressBlockedUntilMs: t.Integer(),
    allBlockedUntilMs: t.Integer(),
  }),
  /** Somebody looked at what a client sent and was answered; who, is in the event's cause. */
  RequestBodyRead: t.Object({ requestId: t.String() }),
  /** An operator looked at what was said in a client's conversation. */
  ConversationRead: t.Object({ conversationId: t.String(), owner: t.String() }),
};

type Schemas = typeof operatorSchemas;
export type OperatorEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
