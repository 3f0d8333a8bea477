/** What is said in a conversation, in no vendor's form: every dialect is written from it and read into it. */
import { dialect } from './provider.ts';
import { t, type Static } from './schema.ts';

/** Where a medium's bytes lie: here in base64, at an address, or in the object store under their hash. */
const mediaKind = t.Union([t.Literal('image'), t.Literal('file')]);
const mediaType = t.String({ description: 'such as image/png' });
const name = t.Optional(t.String());

/** Gemini signs what it said and wants it back with the signature; no other dialect is sent it. */
const signature = t.Optional(t.String());

const textPart = t.Object({
  type: t.Literal('text'),
  text: t.String(),
  /** The model declines, in its own words. */
  isRefusal: t.Optional(t.Boolean()),
  signature,
});

const dataPart = t.Object({ type: mediaKind, mediaType, data: t.String(), name, signature });
const urlPart = t.Object({
  type: mediaKind,
  url: t.String(),
  mediaType: t.Optional(mediaType),
  name,
});
const objectPart = t.Object({
  type: mediaKind,
  object: t.String({ description: 'SHA-256 of the bytes, hexadecimal' }),
  mediaType,
  sizeBytes: t.Integer(),
  name,
});

const contentPart = t.Union([textPart, dataPart, urlPart, objectPart]);

const toolCallPart = t.Object({
  type: t.Literal('toolCall'),
  id: t.String(),
  name: t.String(),
  /** Any JSON; arguments that are none are kept as text under `INVALID_JSON`. */
  input: t.Unknown(),
  signature,
});

const toolResultPart = t.Object({
  type: t.Literal('toolResult'),
  callId: t.String(),
  name,
  content: t.Array(contentPart),
  isError: t.Optional(t.Boolean()),
});

const thinkingPart = t.Object({
  type: t.Literal('thinking'),
  text: t.String(),
  signature: t.Optional(t.String()),
  /** The only dialect that it is sent to again. */
  dialect,
});

/** What has no meaning outside its dialect: a vendor's own file, search or hidden thought. */
const opaquePart = t.Object({ type: t.Literal('opaque'), dialect, value: t.Unknown() });

export const messagePart = t.Union([
  textPart,
  dataPart,
  urlPart,
  objectPart,
  toolCallPart,
  toolResultPart,
  thinkingPart,
  opaquePart,
]);

export const neutralMessage = t.Object({
  role: t.Union([t.Literal('user'), t.Literal('assistant')]),
  parts: t.Array(messagePart),
});

export const neutralTool = t.Object({
  name: t.String(),
  description: t.Optional(t.String()),
  /** JSON Schema of an object. */
  inputSchema: t.Record(t.String(), t.Unknown()),
});

export const toolChoice = t.Union([
  t.Literal('auto'),
  t.Literal('none'),
  /** Some tool must be called. */
  t.Literal('required'),
  /** This one must be called. */
  t.Object({ name: t.String() }),
]);

export const finishReason = t.Union([
  t.Literal('stop'),
  t.Literal('length'),
  t.Literal('toolCalls'),
  t.Literal('refusal'),
  /** The vendor stopped in the middle and goes on when it is sent its own words. */
  t.Literal('pause'),
  t.Literal('other'),
]);

export type TextPart = Static<typeof textPart>;
/** Bytes in base64. */
export type DataPart = Static<typeof dataPart>;
export type UrlPart = Static<typeof urlPart>;
/** Bytes too large for an event. */
export type ObjectPart = Static<typeof objectPart>;
export type MediaPart = DataPart | UrlPart | ObjectPart;
/** What a person, a model or a tool shows; the parts that a tool result may have. */
export type ContentPart = Static<typeof contentPart>;
export type ToolCallPart = Static<typeof toolCallPart>;
export type ToolResultPart = Static<typeof toolResultPart>;
export type OpaquePart = Static<typeof opaquePart>;
export type MessagePart = Static<typeof messagePart>;
export type NeutralMessage = Static<typeof neutralMessage>;
export type NeutralTool = Static<typeof neutralTool>;
export type ToolChoice = Static<typeof toolChoice>;
/** How an answer ended. */
export type FinishReason = Static<typeof finishReason>;
