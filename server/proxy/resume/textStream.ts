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

export type TextStream = Readonly<{
  partOf(event: SseEvent): Part;
  /**
   * The event as if it belonged to the stream that `first` is an event of; with `text` in the place of its own where
   * that is given.
   */
  adopted(event: SseEvent, first: SseEvent | undefined, text: string | undefined): string;
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
  adopted({ name, data }, first, text) {
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
  adopted({ name, data }, _first, text) {
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
  adopted({ name, data }, first, text) {
    const json = parseObject(data) ?? {};
    const same = identityOf(json, first, ['responseId', 'modelVersion']);
    if (text === undefined) return block(name, { ...json, ...same });
    const candidate = objectOf(arrayOf(json.candidates)[0]);
    const content = { ...objectOf(candidate?.content), parts: [{ text }] };
    return block(name, { ...json, ...same, candidates: [{ ...candidate, content }] });
  },
};

/** Undefined for a stream that cannot be gone on with. */
export function textStreamOf(route: string): TextStream | undefined {
  if (route.endsWith('/chat/completions')) return chatCompletions;
  if (route.endsWith('/messages')) return messages;
  return route.endsWith(':streamGenerateContent') ? generateContent : undefined;
}
