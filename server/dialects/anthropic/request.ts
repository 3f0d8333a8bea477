/** A question as Anthropic's messages. */
import type {
  ContentPart,
  MessagePart,
  NeutralTool,
  OpaquePart,
  ToolChoice,
  ToolResultPart,
} from '../../../events/neutralMessage.ts';
import { arrange, type ArrangedMessage, type ArrangedResult } from '../arrange.ts';
import type { DialectRequest, Question } from '../form.ts';
import {
  decoded,
  inHand,
  isMedia,
  isPublic,
  isReadableImage,
  isTextual,
  leftOut,
  mediaTypeOf,
  textPart,
} from '../media.ts';
import { asObject } from '../toolInput.ts';
import { fittingName } from '../toolNames.ts';

type Json = Record<string, unknown>;
type Said = Exclude<MessagePart, ToolResultPart>;

/** The dialect does not ask without one. */
const defaultMaxTokens = 4096;

/** Claude's newer models refuse a temperature. */
const newerClaude =
  /claude-(?!instant|2|3|(?:opus|sonnet|haiku)-4(?:$|[^-\d]|-[0-6](?:\D|$)|-20\d{6}))/i;

const pdf = 'application/pdf';
const text = (said: string): Json => ({ type: 'text', text: said });

function contentOf(part: ContentPart): Json {
  if (part.type === 'text') return text(part.text);
  const media = inHand(part);
  const title = media.name === undefined ? {} : { title: media.name };
  if ('url' in media) {
    const source = { type: 'url', url: media.url };
    if (!media.url.startsWith('https://') || !isPublic(media)) return text(leftOut(media));
    if (media.type === 'image') return { type: 'image', source };
    return mediaTypeOf(media) === pdf
      ? { type: 'document', source, ...title }
      : text(leftOut(media));
  }
  if (isTextual(media)) {
    const said = decoded(media);
    if (said.trim() === '') return text(leftOut(media));
    return {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: said },
      ...title,
    };
  }
  const source = { type: 'base64', media_type: media.mediaType, data: media.data };
  if (media.mediaType === pdf) return { type: 'document', source, ...title };
  return isReadableImage(media) ? { type: 'image', source } : text(leftOut(media));
}

/** Neither an empty text is taken, nor one of blanks. */
const isBlank = (part: MessagePart): boolean => part.type === 'text' && part.text.trim() === '';

function resultOf(result: ArrangedResult) {
  const { id, name, isError } = result;
  const content = result.content.filter((part) => !isBlank(part));
  // The result of a failure takes text alone: what it shows comes after all results.
  const kept = isError ? content.filter((part) => part.type === 'text') : content;
  const shown = isError ? content.filter((part) => part.type !== 'text') : [];
  const [first, ...more] = kept.map(contentOf);
  const block: Json = { type: 'tool_result', tool_use_id: id };
  if (first !== undefined) {
    const isOneText = more.length === 0 && first.type === 'text';
    block.content = isOneText ? first.text : [first, ...more];
  }
  if (isError) block.is_error = true;
  const label = textPart(`Shown by the failed tool call ${id} of ${name}:`);
  return { block, shown: shown.length > 0 ? [label, ...shown] : [] };
}

function saidOf(part: Said | OpaquePart): unknown {
  switch (part.type) {
    case 'toolCall':
      return { type: 'tool_use', id: part.id, name: part.name, input: asObject(part.input) };
    case 'thinking':
      return { type: 'thinking', thinking: part.text, signature: part.signature };
    case 'opaque':
      return part.value;
    case 'text':
    case 'image':
    case 'file':
      return contentOf(part);
    default:
      return part satisfies never;
  }
}

function messageOf(message: ArrangedMessage): Json {
  if (message.role === 'assistant') {
    return { role: 'assistant', content: message.parts.map(saidOf) };
  }
  const results = message.results.map(resultOf);
  const content = [
    ...results.map(({ block }): unknown => block),
    ...results.flatMap(({ shown }) => shown).map(contentOf),
    ...message.parts.map(saidOf),
  ];
  return { role: 'user', content };
}

/** An answer that is to be gone on with may not end in a blank. */
function withoutLastBlank(messages: readonly ArrangedMessage[]): readonly ArrangedMessage[] {
  const last = messages.at(-1);
  const part = last?.parts.at(-1);
  if (last?.role !== 'assistant' || part?.type !== 'text') return messages;
  const parts = [...last.parts.slice(0, -1), { ...part, text: part.text.trimEnd() }];
  return [...messages.slice(0, -1), { ...last, parts }];
}

const toolOf = ({ name, description, inputSchema }: NeutralTool): Json => ({
  name: fittingName('anthropic', name),
  ...(description === undefined ? {} : { description }),
  input_schema: { ...inputSchema, type: 'object' },
});

function choiceOf(choice: ToolChoice): Json {
  if (typeof choice !== 'string') {
    return { type: 'tool', name: fittingName('anthropic', choice.name) };
  }
  return { type: choice === 'required' ? 'any' : choice };
}

function isSent(part: MessagePart): boolean {
  if (isBlank(part)) return false;
  if (part.type === 'thinking') return part.dialect === 'anthropic' && part.signature !== undefined;
  if (part.type === 'opaque') return part.dialect === 'anthropic';
  return (
    part.type === 'text' || isMedia(part) || part.type === 'toolCall' || part.type === 'toolResult'
  );
}

export function anthropicRequestOf(question: Question): DialectRequest {
  const { model, system = '', tools = [], toolChoice, temperature, stream } = question;
  const arranged = arrange(question.messages, {
    dialect: 'anthropic',
    model,
    isSent,
    beginsWithUser: true,
    assistantShows: false,
  });
  const body: Json = {
    model,
    max_tokens: question.maxTokens ?? defaultMaxTokens,
    messages: withoutLastBlank(arranged).map(messageOf),
  };
  if (system.trim() !== '') body.system = system;
  if (tools.length > 0) body.tools = tools.map(toolOf);
  if (tools.length > 0 && toolChoice !== undefined) body.tool_choice = choiceOf(toolChoice);
  if (temperature !== undefined && !newerClaude.test(model)) {
    body.temperature = Math.min(1, temperature);
  }
  body.stream = stream;
  return { path: '/v1/messages', body };
}
