/** What an event of a text stream adds to what its reader has, in each of the dialects that can be gone on with. */
import { arrayOf, objectOf, parseObject, type JsonObject } from '../json.ts';
import type { SseEvent } from './sseEvents.ts';

export type Part = Readonly<{
  /** Text of the answer. */
  text: string;
  /** What is said once in a stream, such as the beginning of a block; null for all else. */
  frame: string | null;
  /** Says how the answer ended; no text follows. */
  isEnd: boolean;
  /** False for what another answer would not say in the same way: a tool call, a thought, an error. */
  isPlain: boolean;
}>;

/** What the client has of the stream that an event is to follow. */
export type Before = Readonly<{
  first: SseEvent | undefined;
  /** What is said once, by what `frame` called it. */
  frames: ReadonlyMap<string, SseEvent>;
  events: number;
}>;

export type TextStream = Readonly<{
  partOf(event: SseEvent): Part;
  /** The event as if it belonged to the stream before; with `text` in the place of its own where that is given. */
  adopted(event: SseEvent, before: Before, text: string | undefined): string;
}>;

const nothing: Part = { text: '', frame: null, isEnd: false, isPlain: true };
const strange: Part = { ...nothing, isPlain: false };

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);
const hasOnly = (object: JsonObject, ...names: string[]): boolean =>
  Object.keys(object).every((name) => names.includes(name) || isEmpty(object[name]));

const block = (name: string, data: unknown): string =>
  `${name === '' ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;

/** The fields of the first stream that tell it apart, where this event has them too. */
function identityOf(json: JsonObject, first: SseEvent | undefined, names: readonly string[]) {
  const own = first && parseObject(first.data);
  if (!own) return {};
  return Object.fromEntries(
    names.filter((name) => name in json && name in own).map((name) => [name, own[name]]),
  );
}

const chatCompletions: TextStream = {
  partOf({ data }) {
    if (data.trim() === '[DONE]') return { ...nothing, isEnd: true };
    const json = parseObject(data);
    if (!json || !isEmpty(json.error)) return strange;
    const [first, ...more] = arrayOf(json.choices);
    if (first === undefined) return isEmpty(json.usage) ? nothing : { ...nothing, isEnd: true };
    const choice = objectOf(first);
    const delta = objectOf(choice?.delta) ?? {};
    const text = delta.content ?? '';
    const isPlain =
      more.length === 0 &&
      (choice?.index ?? 0) === 0 &&
      isEmpty(choice?.logprobs) &&
      typeof text === 'string' &&
      hasOnly(delta, 'role', 'content');
    if (!isPlain) return strange;
    return { ...nothing, text, isEnd: !isEmpty(choice?.finish_reason) };
  },
  adopted({ name, data }, { first }, text) {
    const json = parseObject(data);
    if (!json) return `data: ${data}\n\n`;
    const same = identityOf(json, first, ['id', 'created', 'model', 'system_fingerprint']);
    if (text === undefined) return block(name, { ...json, ...same });
    const choice = objectOf(arrayOf(json.choices)[0]);
    const delta = { ...objectOf(choice?.delta), content: text };
    return block(name, { ...json, ...same, choices: [{ ...choice, delta }] });
  },
};

/** The first block is the text; what comes after another one cannot be compared. */
const isFirstBlock = ({ index }: JsonObject): boolean => index === 0;

const messages: TextStream = {
  partOf({ name, data }) {
    const json = parseObject(data);
    const type = typeof json?.type === 'string' ? json.type : name;
    if (!json) return strange;
    switch (type) {
      case 'ping':
        return nothing;
      case 'message_start':
        return { ...nothing, frame: type };
      case 'content_block_start': {
        const started = objectOf(json.content_block) ?? {};
        const isText = started.type === 'text' && hasOnly(started, 'type');
        return isText && isFirstBlock(json) ? { ...nothing, frame: type } : strange;
      }
      case 'content_block_delta': {
        const { type: kind, text } = objectOf(json.delta) ?? {};
        const isText = kind === 'text_delta' && typeof text === 'string' && isFirstBlock(json);
        return isText ? { ...nothing, text } : strange;
      }
      case 'content_block_stop':
        return isFirstBlock(json) ? { ...nothing, frame: type } : strange;
      case 'message_delta':
      case 'message_stop':
        return { ...nothing, isEnd: true };
      default:
        return strange;
    }
  },
  adopted({ name, data }, _before, text) {
    const json = parseObject(data) ?? {};
    if (text === undefined) return block(name, json);
    return block(name, { ...json, delta: { type: 'text_delta', text } });
  },
};

const generateContent: TextStream = {
  partOf({ data }) {
    const json = parseObject(data);
    if (!json || !isEmpty(json.error) || !isEmpty(objectOf(json.promptFeedback)?.blockReason)) {
      return strange;
    }
    const [first, ...more] = arrayOf(json.candidates);
    if (first === undefined) return nothing;
    const candidate = objectOf(first);
    const parts = arrayOf(objectOf(candidate?.content)?.parts).map((part) => objectOf(part) ?? {});
    const isPlain =
      more.length === 0 &&
      (candidate?.index ?? 0) === 0 &&
      parts.every((part) => typeof part.text === 'string' && hasOnly(part, 'text'));
    if (!isPlain) return strange;
    const text = parts.map((part) => String(part.text)).join('');
    return { ...nothing, text, isEnd: !isEmpty(candidate?.finishReason) };
  },
  adopted({ name, data }, { first }, text) {
    const json = parseObject(data) ?? {};
    const same = identityOf(json, first, ['responseId', 'modelVersion']);
    if (text === undefined) return block(name, { ...json, ...same });
    const candidate = objectOf(arrayOf(json.candidates)[0]);
    const content = { ...objectOf(candidate?.content), parts: [{ text }] };
    return block(name, { ...json, ...same, candidates: [{ ...candidate, content }] });
  },
};

/** Of what an event tells of: its id, where it has one. */
function idIn(event: SseEvent | undefined, name: string): { id: unknown } | undefined {
  const { id } = objectOf(event && parseObject(event.data)?.[name]) ?? {};
  return id === undefined ? undefined : { id };
}

/** The text is the first item of an answer. */
function renamed(output: unknown, item: { id: unknown } | undefined): unknown {
  const [first, ...more] = arrayOf(output);
  return first === undefined ? output : [{ ...objectOf(first), ...item }, ...more];
}

/** The one text of an answer that has no other item before it. */
const isFirstText = ({ output_index: item, content_index: part = 0 }: JsonObject): boolean =>
  item === 0 && part === 0;

const responses: TextStream = {
  partOf({ name, data }) {
    const json = parseObject(data);
    if (!json) return strange;
    const type = typeof json.type === 'string' ? json.type : name;
    const frame: Part = { ...nothing, frame: type };
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return frame;
      case 'response.output_item.added':
      case 'response.output_item.done':
        return objectOf(json.item)?.type === 'message' && isFirstText(json) ? frame : strange;
      case 'response.content_part.added':
      case 'response.content_part.done':
        return objectOf(json.part)?.type === 'output_text' && isFirstText(json) ? frame : strange;
      case 'response.output_text.done':
        return isFirstText(json) ? frame : strange;
      case 'response.output_text.delta': {
        const isText = typeof json.delta === 'string' && isEmpty(json.logprobs);
        return isText && isFirstText(json) ? { ...nothing, text: String(json.delta) } : strange;
      }
      case 'response.completed':
      case 'response.incomplete':
        return { ...nothing, isEnd: true };
      default:
        return strange;
    }
  },
  adopted({ name, data }, { first, frames, events }, text) {
    const json = parseObject(data) ?? {};
    const item = idIn(frames.get('response.output_item.added'), 'item');
    const response = idIn(first, 'response');
    const ended = objectOf(json.response);
    // What follows the text has ids of its own, which the client has not seen yet.
    const isOfText = item && json.output_index === 0;
    return block(name, {
      ...json,
      ...('sequence_number' in json && { sequence_number: events }),
      ...(isOfText && 'item_id' in json && { item_id: item.id }),
      ...(isOfText && 'item' in json && { item: { ...objectOf(json.item), ...item } }),
      ...(ended && { response: { ...ended, ...response, output: renamed(ended.output, item) } }),
      ...(text !== undefined && { delta: text }),
    });
  },
};

/**
 * Undefined for a stream that cannot be gone on with. A response that its vendor stores has an id that later requests
 * name: it must be the one that is whole there, and the client has another one already.
 */
export function textStreamOf(route: string, asked: unknown): TextStream | undefined {
  if (route.endsWith('/chat/completions')) return chatCompletions;
  if (route.endsWith('/messages')) return messages;
  if (route.endsWith('/responses')) return objectOf(asked)?.store === false ? responses : undefined;
  return route.endsWith(':streamGenerateContent') ? generateContent : undefined;
}
