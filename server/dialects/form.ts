/** What a dialect is to a conversation: how it asks, and how its questions and answers are read. */
import type {
  FinishReason,
  NeutralMessage,
  NeutralTool,
  ToolChoice,
} from '../../events/neutralMessage.ts';
import type { Usage } from '../../events/traffic.ts';
import type { SseEvent } from '../proxy/resume/sseEvents.ts';

export type Question = Readonly<{
  /** As a client would name it to the gateway; its name tells what the model takes. */
  model: string;
  system?: string | undefined;
  messages: readonly NeutralMessage[];
  tools?: readonly NeutralTool[] | undefined;
  toolChoice?: ToolChoice | undefined;
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  stream: boolean;
}>;

/** As the gateway's own clients send it: `path` has the query that the dialect needs. */
export type DialectRequest = Readonly<{ path: string; body: Readonly<Record<string, unknown>> }>;

/** A client's own request. The model is left out where the path names it and none was given. */
export type AskedQuestion = Readonly<Omit<Question, 'model'> & { model?: string }>;

export type Answer = Readonly<{
  message: NeutralMessage;
  usage: Usage | null;
  /** Null where the vendor did not say. */
  finishReason: FinishReason | null;
  /** As the vendor names it; null where it does not. */
  model: string | null;
}>;

/** What an event adds to an answer that is being written. */
export type AnswerDelta =
  | Readonly<{ type: 'text'; text: string }>
  | Readonly<{ type: 'thinking'; text: string }>
  | Readonly<{ type: 'toolCall'; id: string; name: string }>
  /** More of the JSON text of a call's input. */
  | Readonly<{ type: 'toolInput'; id: string; json: string }>
  | Readonly<{ type: 'image'; mediaType: string; data: string }>;

/** `isWhole` is false for an answer that was cut off: its message has what had come. */
export type StreamedAnswer = Answer & Readonly<{ isWhole: boolean; failure: string | null }>;

export type AnswerReader = Readonly<{
  push(event: SseEvent): AnswerDelta[];
  /** May be asked at any time, also in the middle. */
  end(): StreamedAnswer;
}>;

export type DialectForm = Readonly<{
  /** @throws {TypeError} for a part that lies in the object store: its bytes are to be put in before. */
  requestOf(question: Question): DialectRequest;
  /** Null for what is no question of the dialect. Gemini says in the path which model, and whether it streams. */
  questionOf(body: unknown, path?: string): AskedQuestion | null;
  /** Null for what is no answer. With the tools that were offered, calls have their names as offered. */
  answerOf(body: unknown, tools?: readonly NeutralTool[]): Answer | null;
  createAnswerReader(tools?: readonly NeutralTool[]): AnswerReader;
}>;
