/** Events of a conversation. What was said stands in them encrypted only; who, when, how much and for what money is plain. */
import { dialect } from './provider.ts';
import { t, type Static } from './schema.ts';
import { usage } from './traffic.ts';

/** Bytes that the conversation's data key opens (AES-256-GCM), base64; the tag is at the end of the ciphertext. */
const sealed = t.Object({
  nonce: t.String(),
  ciphertext: t.String(),
  /** Before it was packed and sealed. */
  contentBytes: t.Integer(),
});

/** The same, too large for an event: it lies in the object store. */
const stored = t.Object({
  nonce: t.String(),
  object: t.String({ description: 'its name in the object store' }),
  sha256: t.String({ description: 'of the sealed bytes, hexadecimal' }),
  contentBytes: t.Integer(),
});

export const sealedContent = t.Union([sealed, stored]);
/** Something that was said, encrypted. */
export type SealedContent = Static<typeof sealedContent>;

const orNone = <Schema extends Parameters<typeof t.Union>[0][number]>(schema: Schema) =>
  t.Union([schema, t.Null()]);

const beginning = {
  /** The client whose conversation it is; `''` where the gateway is open, and for an operator. */
  owner: t.String(),
  startedAtMs: t.Integer({ description: 'epoch' }),
  /** Under which name its data key lies in the vault; erased with the conversation. */
  keyRef: t.String(),
  title: orNone(sealedContent),
  systemPrompt: orNone(sealedContent),
  /** For turns that name none; null takes the gateway's own. */
  model: orNone(t.String()),
  maxTokens: orNone(t.Integer()),
  temperature: orNone(t.Number()),
};

const turnId = t.String();
const endedAtMs = t.Integer({ description: 'epoch' });

/** What is known of an answer, or of the part of it that came. */
const answered = {
  turnId,
  endedAtMs,
  /** Who answered; `''` where nobody did. */
  provider: t.String(),
  keyId: t.String(),
  model: t.String(),
  dialect: orNone(dialect),
  usage: orNone(usage),
  costMicroUsd: orNone(t.Integer()),
};

export const conversationSchemas = {
  ConversationStarted: t.Object(beginning),
  /** A conversation that begins with the first turns of another one: what was said is copied, under its own key. */
  ConversationForked: t.Object({
    ...beginning,
    from: t.String(),
    /** The number of the last turn that was taken over. */
    atTurn: t.Integer(),
    history: sealedContent,
  }),
  /** Appended before a provider is asked. */
  TurnStarted: t.Object({
    turnId,
    /** The id of the answer as a message; the question's is the turn's own. */
    answerId: t.String(),
    /** From 1. */
    number: t.Integer(),
    startedAtMs: t.Integer({ description: 'epoch' }),
    /** The process that runs the turn. */
    gatewayId: t.String(),
    startId: t.String(),
    /** As asked for. */
    model: t.String(),
    /** The message, and what was asked for with it. */
    question: sealedContent,
    /** Of a conversation without one: made from its first message. */
    title: t.Optional(sealedContent),
  }),
  /** So much more of the answer has come. */
  TurnProgressed: t.Object({ turnId, part: sealedContent }),
  TurnCompleted: t.Object({
    ...answered,
    answer: sealedContent,
    finishReason: orNone(t.String()),
  }),
  /** There is no answer. */
  TurnFailed: t.Object({
    ...answered,
    status: t.Integer({ description: 'what a client of the proxy would have been answered' }),
    code: t.String(),
    reason: sealedContent,
  }),
  /** The answer broke off; what had come of it is kept. */
  TurnInterrupted: t.Object({
    ...answered,
    cause: t.Union([
      t.Literal('gateway-gone'),
      t.Literal('upstream'),
      t.Literal('cancelled'),
      t.Literal('stopping'),
    ]),
    /** Without it there is what was told of its progress. */
    answer: t.Optional(sealedContent),
  }),
  ConversationRenamed: t.Object({ title: sealedContent }),
  ConversationArchived: t.Object({}),
  ConversationUnarchived: t.Object({}),
  /** Its data key and its objects are gone: nobody can read any more what was said. */
  ConversationErased: t.Object({ erasedAtMs: t.Integer({ description: 'epoch' }) }),
};

type Schemas = typeof conversationSchemas;
export type ConversationEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];

/** The data of one type of event. */
export type ConversationData<Type extends keyof Schemas> = Readonly<Static<Schemas[Type]>>;
