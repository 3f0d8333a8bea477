/** Parts of OpenAI's messages, as OpenAI and those who speak like it write them. */
import type { ContentPart, MessagePart, OpaquePart } from '../../../events/neutralMessage.ts';
import { arrayOf, objectOf, textOf, type JsonObject } from '../../proxy/json.ts';
import { addressedPart, dataPart, textPart } from '../media.ts';
import { inputOf } from '../toolInput.ts';
import { madeId } from '../toolNames.ts';

const opaque = (value: unknown): OpaquePart => ({ type: 'opaque', dialect: 'openai', value });

/** Either an object with the address or, with some vendors, the address alone. */
const addressIn = (value: unknown): string | null => textOf(objectOf(value)?.url) ?? textOf(value);

function filePart(json: JsonObject): ContentPart | OpaquePart {
  const file = objectOf(json.file);
  const data = textOf(file?.file_data);
  const name = textOf(file?.filename);
  if (data === null) return opaque(json);
  if (data.startsWith('data:')) return addressedPart('file', data, { name });
  return dataPart('application/pdf', data, name);
}

function partOf(value: unknown): ContentPart | OpaquePart | null {
  const json = objectOf(value);
  if (json === null) return typeof value === 'string' ? textPart(value) : null;
  switch (json.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return typeof json.text === 'string' ? textPart(json.text) : null;
    case 'refusal':
      return { type: 'text', text: textOf(json.refusal) ?? '', isRefusal: true };
    case 'image_url': {
      const url = addressIn(json.image_url);
      return url === null ? opaque(json) : addressedPart('image', url);
    }
    case 'input_audio': {
      const audio = objectOf(json.input_audio);
      const data = textOf(audio?.data);
      if (data === null) return opaque(json);
      return dataPart(audio?.format === 'mp3' ? 'audio/mpeg' : 'audio/wav', data);
    }
    case 'file':
      return filePart(json);
    default:
      return opaque(json);
  }
}

export function contentParts(content: unknown): (ContentPart | OpaquePart)[] {
  if (typeof content === 'string') return content === '' ? [] : [textPart(content)];
  return arrayOf(content)
    .map(partOf)
    .filter((part) => part !== null)
    .filter((part) => part.type !== 'text' || part.text !== '');
}

/** What a vendor's model thought, under whichever name. Some say it under two. */
export function reasoningIn(message: JsonObject): string {
  return textOf(message.reasoning_content) ?? textOf(message.reasoning) ?? '';
}

/** Mistral's thoughts lie within the content: pieces of text in a piece of their own. */
export function thoughtIn(value: unknown): string | null {
  const json = objectOf(value);
  if (json?.type !== 'thinking') return null;
  if (typeof json.thinking === 'string') return json.thinking;
  return arrayOf(json.thinking)
    .map((piece) => textOf(objectOf(piece)?.text) ?? '')
    .join('');
}

/** Gemini's, where it speaks this dialect. */
export function signatureOf(call: JsonObject): string | undefined {
  const google = objectOf(objectOf(call.extra_content)?.google);
  return textOf(google?.thought_signature) ?? undefined;
}

function callOf(value: unknown, index: number, answerId: string): MessagePart[] {
  const call = objectOf(value);
  const asked = objectOf(call?.function) ?? objectOf(call?.custom);
  if (!call || !asked) return [];
  const given = asked.arguments ?? asked.input;
  const isFunction = objectOf(call.function) !== null;
  const input = isFunction && typeof given === 'string' ? inputOf(given) : (given ?? {});
  const signature = signatureOf(call);
  return [
    {
      type: 'toolCall',
      id: textOf(call.id) ?? madeId(answerId, index),
      name: textOf(asked.name) ?? '',
      input,
      ...(signature === undefined ? {} : { signature }),
    },
  ];
}

/** @param answerId makes the id of a call that has none */
export function assistantParts(message: JsonObject, answerId: string): MessagePart[] {
  const parts: MessagePart[] = [];
  const content = arrayOf(message.content);
  const thought = reasoningIn(message) || content.map((value) => thoughtIn(value) ?? '').join('');
  if (thought !== '') parts.push({ type: 'thinking', text: thought, dialect: 'openai' });
  const said =
    content.length === 0 ? message.content : content.filter((v) => thoughtIn(v) === null);
  parts.push(...contentParts(said));
  const refusal = textOf(message.refusal);
  if (refusal !== null) parts.push({ type: 'text', text: refusal, isRefusal: true });
  const spoken = textOf(objectOf(message.audio)?.transcript);
  if (spoken !== null) parts.push(textPart(spoken));
  parts.push(...contentParts(message.images));
  const calls = arrayOf(message.tool_calls);
  parts.push(...calls.flatMap((call, index) => callOf(call, index, answerId)));
  const only = objectOf(message.function_call);
  if (only !== null && calls.length === 0) {
    parts.push(...callOf({ id: textOf(only.name) ?? '', function: only }, 0, answerId));
  }
  return parts;
}
