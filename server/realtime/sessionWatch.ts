/** Looks at what passes in a session: its model, its tokens, ids that are referred to later, a complaint about the key. */
import type { Usage, UsageParts } from '../../events/traffic.ts';
import { find } from '../proxy/bytes.ts';
import { objectOf, parseObject, textOf, type JsonObject } from '../proxy/json.ts';
import { responseIds } from '../proxy/madeIds.ts';
import { geminiUsage, openAiUsage } from '../proxy/usage.ts';
import { complaintIn, type Complaint } from './closing.ts';
import type { Message } from './line.ts';

export type SessionWatch = Readonly<{
  /** Answers with the model that the message names, of those that are read. */
  fromClient(message: Message): string | null;
  fromVendor(message: Message): void;
  /** Of all answers of the session together. */
  usage(): Usage | null;
}>;

type Options = Readonly<{
  /** Reads all that a client says, and not the beginning alone. */
  isLimited: boolean;
  onIds: (ids: readonly string[]) => void;
  onComplaint: (complaint: Complaint) => void;
}>;

/** Larger ones are sound or pictures. */
const mostChars = 1024 * 1024;
/** A session is set up with its first messages. */
const openingMessages = 8;

const marks = ['"usage', '"error"'] as const;
const markBytes = marks.map((mark) => Buffer.from(mark));

const isMarked = (message: Message): boolean =>
  typeof message === 'string'
    ? marks.some((mark) => message.includes(mark))
    : markBytes.some((mark) => find(message, mark) !== -1);

/** Gemini sends its JSON in binary frames. */
const read = (message: Message): JsonObject | null =>
  message.length > mostChars ? null : parseObject(message.toString());

function modelIn(json: JsonObject): string | null {
  const setup = objectOf(json.setup) ?? objectOf(json.session) ?? objectOf(json.response);
  return textOf(json.model) ?? textOf(setup?.model)?.replace(/^models\//, '') ?? null;
}

/** The Live API counts what was said to it apart from what a model wrote elsewhere. */
const liveUsage = (json: JsonObject | null): Usage | null =>
  json && geminiUsage({ candidatesTokenCount: json.responseTokenCount, ...json });

const usageIn = (json: JsonObject, response: JsonObject | null): Usage | null =>
  liveUsage(objectOf(json.usageMetadata)) ??
  openAiUsage(objectOf(response?.usage) ?? objectOf(json.usage));

function sumOfParts(one: UsageParts, other: UsageParts): UsageParts {
  const sum: Record<string, number | undefined> = { ...one };
  for (const [part, count] of Object.entries(other)) sum[part] = (sum[part] ?? 0) + (count ?? 0);
  return sum;
}

function sumOf(one: Usage | null, other: Usage | null): Usage | null {
  if (one === null || other === null) return one ?? other;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    ...((one.cacheWriteTokens ?? other.cacheWriteTokens) !== undefined && {
      cacheWriteTokens: (one.cacheWriteTokens ?? 0) + (other.cacheWriteTokens ?? 0),
    }),
    ...((one.parts ?? other.parts) && { parts: sumOfParts(one.parts ?? {}, other.parts ?? {}) }),
  };
}

export function watchSession({ isLimited, onIds, onComplaint }: Options): SessionWatch {
  let usage: Usage | null = null;
  let opening = 0;
  return {
    fromClient(message) {
      if (!isLimited && opening >= openingMessages) return null;
      opening += 1;
      const json = isLimited ? parseObject(message.toString()) : read(message);
      return json && modelIn(json);
    },
    fromVendor(message) {
      if (!isMarked(message)) return;
      const json = read(message);
      if (json === null) return;
      const response = objectOf(json.response);
      usage = sumOf(usage, usageIn(json, response));
      if (response !== null) onIds(responseIds(response));
      const details = objectOf(response?.status_details);
      const error = objectOf(json.error) ?? objectOf(response?.error) ?? objectOf(details?.error);
      const complaint = error && complaintIn(JSON.stringify({ error }));
      if (complaint !== null) onComplaint(complaint);
    },
    usage: () => usage,
  };
}
