/** Parts of Gemini's contents; the vendor takes its fields in camel case and in snake case. */
import type {
  ContentPart,
  DataPart,
  MessagePart,
  ToolResultPart,
  UrlPart,
} from '../../../events/neutralMessage.ts';
import { objectOf, textOf, type JsonObject } from '../../proxy/json.ts';
import { given, objectsOf } from '../given.ts';
import { addressedPart, dataPart, textPart } from '../media.ts';

const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const field = (json: JsonObject | null, name: string): unknown =>
  json?.[name] ?? json?.[snakeCase(name)];

export const objectField = (json: JsonObject | null, name: string): JsonObject | null =>
  objectOf(field(json, name));

const textField = (json: JsonObject | null, name: string): string | undefined =>
  textOf(field(json, name)) ?? undefined;

function mediaOf(part: JsonObject): DataPart | UrlPart | null {
  const inline = objectField(part, 'inlineData');
  if (inline) {
    const mediaType = textField(inline, 'mimeType') ?? 'application/octet-stream';
    const media = dataPart(
      mediaType,
      textField(inline, 'data') ?? '',
      textField(inline, 'displayName'),
    );
    return { ...media, ...given({ signature: textField(part, 'thoughtSignature') }) };
  }
  const file = objectField(part, 'fileData');
  if (!file) return null;
  const mediaType = textField(file, 'mimeType');
  const kind = mediaType?.startsWith('image/') ? 'image' : 'file';
  return addressedPart(kind, textField(file, 'fileUri') ?? '', {
    mediaType: mediaType ?? null,
    name: textField(file, 'displayName') ?? null,
  });
}

const textOrJson = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Named alone, `output` and `error` say what the response is; else the whole of it is the output. */
function responseOf(response: JsonObject): { text: string; isError: boolean } {
  const [only, ...more] = Object.keys(response);
  if (only === undefined) return { text: '', isError: false };
  if (more.length === 0 && (only === 'output' || only === 'error')) {
    return { text: textOrJson(response[only]), isError: only === 'error' };
  }
  return { text: JSON.stringify(response), isError: false };
}

function resultOf(response: JsonObject): ToolResultPart {
  const { text, isError } = responseOf(objectField(response, 'response') ?? {});
  const shown: ContentPart[] = objectsOf(response.parts)
    .map(mediaOf)
    .filter((part) => part !== null);
  return {
    type: 'toolResult',
    callId: textField(response, 'id') ?? '',
    ...given({ name: textField(response, 'name') }),
    content: text === '' ? shown : [textPart(text), ...shown],
    ...(isError ? { isError } : {}),
  };
}

/** A call or result without an id has the empty one. */
export function partOf(part: JsonObject): MessagePart[] {
  const signature = given({ signature: textField(part, 'thoughtSignature') });
  if (typeof part.text === 'string') {
    const { text } = part;
    if (part.thought === true) return [{ type: 'thinking', text, dialect: 'gemini', ...signature }];
    return text === '' && signature.signature === undefined
      ? []
      : [{ ...textPart(text), ...signature }];
  }
  const call = objectField(part, 'functionCall');
  if (call) {
    const id = textField(call, 'id') ?? '';
    const name = textField(call, 'name') ?? '';
    return [{ type: 'toolCall', id, name, input: call.args ?? {}, ...signature }];
  }
  const response = objectField(part, 'functionResponse');
  if (response) return [resultOf(response)];
  const media = mediaOf(part);
  if (media) return [media];
  return Object.keys(part).length === 0 ? [] : [{ type: 'opaque', dialect: 'gemini', value: part }];
}
