/** Parts of Anthropic's messages. */
import type {
  ContentPart,
  MessagePart,
  OpaquePart,
  ToolResultPart,
} from '../../../events/neutralMessage.ts';
import { objectOf, textOf, type JsonObject } from '../../proxy/json.ts';
import { objectsOf } from '../given.ts';
import { addressedPart, dataPart, encoded, leftOut, textPart } from '../media.ts';

const opaque = (value: unknown): OpaquePart => ({ type: 'opaque', dialect: 'anthropic', value });

/** A document in a result in a document is the deepest that the vendor knows. */
const maxDepth = 3;

function imagePart(block: JsonObject): ContentPart | null {
  const source = objectOf(block.source);
  const url = textOf(source?.url);
  if (url !== null) return addressedPart('image', url);
  const data = textOf(source?.data);
  return data === null ? null : dataPart(textOf(source?.media_type) ?? 'image/png', data);
}

function documentParts(block: JsonObject, depth: number): ContentPart[] | null {
  const source = objectOf(block.source);
  const name = textOf(block.title);
  switch (source?.type) {
    case 'base64':
      return [
        dataPart(textOf(source.media_type) ?? 'application/pdf', textOf(source.data) ?? '', name),
      ];
    case 'text':
      return [dataPart('text/plain', encoded(textOf(source.data) ?? ''), name)];
    case 'url':
      return [
        addressedPart('file', textOf(source.url) ?? '', { mediaType: 'application/pdf', name }),
      ];
    case 'content': {
      const content = contentParts(source.content, depth + 1);
      return name === null ? content : [textPart(`${name}:`), ...content];
    }
    default:
      return null;
  }
}

/** What it found, as its reader has it. */
function searchResult(block: JsonObject, depth: number): ContentPart[] {
  const source = textOf(block.source) ?? '';
  return [
    textPart(`${textOf(block.title) ?? 'Found'} (${source}):`),
    ...contentParts(block.content, depth + 1),
  ];
}

/** Null for what has no meaning elsewhere. */
function contentOf(block: JsonObject, depth = 0): ContentPart[] | null {
  if (depth > maxDepth) return null;
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' && block.text !== '' ? [textPart(block.text)] : [];
    case 'image': {
      const part = imagePart(block);
      return part === null ? null : [part];
    }
    case 'document':
      return documentParts(block, depth);
    case 'search_result':
      return searchResult(block, depth);
    default:
      return null;
  }
}

/** Of a tool's result or a document: what only Anthropic has is named, not kept. */
function contentParts(content: unknown, depth = 0): ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [textPart(content)];
  return objectsOf(content).flatMap(
    (block) => contentOf(block, depth) ?? [textPart(leftOut({ type: 'file', url: 'anthropic:' }))],
  );
}

function resultOf(block: JsonObject): ToolResultPart {
  return {
    type: 'toolResult',
    callId: textOf(block.tool_use_id) ?? '',
    content: contentParts(block.content),
    ...(block.is_error === true ? { isError: true } : {}),
  };
}

function partsOf(block: JsonObject): MessagePart[] {
  switch (block.type) {
    case 'thinking': {
      const signature = textOf(block.signature);
      const text = textOf(block.thinking) ?? '';
      const signed = signature === null ? {} : { signature };
      return [{ type: 'thinking', text, dialect: 'anthropic', ...signed }];
    }
    case 'tool_use': {
      const { id, name, input } = block;
      return [
        { type: 'toolCall', id: textOf(id) ?? '', name: textOf(name) ?? '', input: input ?? {} },
      ];
    }
    case 'tool_result':
      return [resultOf(block)];
    default:
      return contentOf(block) ?? [opaque(block)];
  }
}

export function messageParts(content: unknown): MessagePart[] {
  if (typeof content === 'string') return content === '' ? [] : [textPart(content)];
  return objectsOf(content).flatMap(partsOf);
}
