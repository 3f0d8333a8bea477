/** A question as OpenAI's chat completions. */
import type {
  ContentPart,
  MessagePart,
  NeutralTool,
  OpaquePart,
  TextPart,
  ToolCallPart,
  ToolChoice,
} from '../../../events/neutralMessage.ts';
import { arrange, type ArrangedMessage, type ArrangedResult } from '../arrange.ts';
import { objectOf } from '../../proxy/json.ts';
import type { DialectRequest, Question } from '../form.ts';
import {
  dataUrl,
  fileAsText,
  fileName,
  inHand,
  isMedia,
  isPublic,
  isReadableImage,
  isTextual,
  leftOut,
  textPart,
} from '../media.ts';
import { asText } from '../toolInput.ts';
import { fittingName } from '../toolNames.ts';
import { traitsOf, type VendorTraits } from './vendors.ts';

type Json = Record<string, unknown>;

const audioFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
};

const text = (said: string): Json => ({ type: 'text', text: said });

function contentOf(part: ContentPart | OpaquePart): unknown {
  if (part.type === 'opaque') return part.value;
  if (part.type === 'text') return text(part.text);
  const media = inHand(part);
  if ('url' in media) {
    if (media.type === 'file' || !isPublic(media)) return text(leftOut(media));
    return { type: 'image_url', image_url: { url: media.url } };
  }
  if (isTextual(media)) return text(fileAsText(media));
  if (media.type === 'image') {
    if (!isReadableImage(media)) return text(leftOut(media));
    return { type: 'image_url', image_url: { url: dataUrl(media) } };
  }
  const format = audioFormats[media.mediaType];
  if (format !== undefined) {
    return { type: 'input_audio', input_audio: { data: media.data, format } };
  }
  if (/^(audio|video)\//.test(media.mediaType)) return text(leftOut(media));
  return { type: 'file', file: { filename: fileName(media), file_data: dataUrl(media) } };
}

/** Many who speak the dialect read nothing but a string where a string would do. */
function userMessage(parts: readonly (ContentPart | OpaquePart)[]): Json {
  const content = parts.map(contentOf);
  const only = content.length === 1 ? objectOf(content[0]) : null;
  return { role: 'user', content: only?.type === 'text' ? only.text : content };
}

/** A tool's message takes text alone: what else there is goes into the user's message after it. */
function ofResult({ id, name, content, isError }: ArrangedResult) {
  const texts: string[] = [];
  const shown: ContentPart[] = [];
  for (const part of content) {
    if (part.type === 'text') texts.push(part.text);
    else {
      const media = inHand(part);
      if (!('url' in media) && isTextual(media)) texts.push(fileAsText(media));
      else shown.push(part);
    }
  }
  if (shown.length > 0) {
    texts.push('(What it shows is in the next message of the user.)');
    shown.unshift(textPart(`Shown by the tool call ${id} of ${name}:`));
  }
  const said = texts.join('\n');
  const told = isError && !/^\W*error\b/i.test(said) ? `Error: ${said}` : said;
  return { message: { role: 'tool', tool_call_id: id, content: told }, shown };
}

function toolCallOf(call: ToolCallPart, traits: VendorTraits): Json {
  const asked = {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: asText(call.input) },
  };
  if (call.signature === undefined || !traits.wantsSignatures) return asked;
  return { ...asked, extra_content: { google: { thought_signature: call.signature } } };
}

function saidOf(texts: readonly TextPart[]): unknown {
  if (texts.length === 0) return null;
  if (texts.every(({ isRefusal }) => isRefusal !== true)) {
    return texts.map((part) => part.text).join('');
  }
  return texts.map((part) =>
    part.isRefusal === true ? { type: 'refusal', refusal: part.text } : text(part.text),
  );
}

function assistantMessage(parts: readonly MessagePart[], traits: VendorTraits): Json[] {
  const calls = parts.filter((part) => part.type === 'toolCall');
  const texts = parts.filter((part) => part.type === 'text');
  const thoughts = parts.filter((part) => part.type === 'thinking');
  if (calls.length + texts.length === 0) return [];
  const message: Json = { role: 'assistant', content: saidOf(texts) };
  if (traits.wantsReasoning && (thoughts.length > 0 || calls.length > 0)) {
    message.reasoning_content = thoughts.map((part) => part.text).join('');
  }
  if (calls.length > 0) message.tool_calls = calls.map((call) => toolCallOf(call, traits));
  return [message];
}

function messagesOf(message: ArrangedMessage, traits: VendorTraits): Json[] {
  if (message.role === 'assistant') return assistantMessage(message.parts, traits);
  const results = message.results.map(ofResult);
  const parts = [...results.flatMap(({ shown }) => shown), ...message.parts];
  const told = results.map((result): Json => result.message);
  return parts.length === 0 ? told : [...told, userMessage(parts)];
}

const toolOf = ({ name, description, inputSchema }: NeutralTool): Json => ({
  type: 'function',
  function: {
    name: fittingName('openai', name),
    ...(description === undefined ? {} : { description }),
    // It refuses a schema that says nothing of properties.
    parameters: { ...inputSchema, type: 'object', properties: inputSchema.properties ?? {} },
  },
});

function choiceOf(choice: ToolChoice): unknown {
  if (typeof choice === 'string') return choice;
  return { type: 'function', function: { name: fittingName('openai', choice.name) } };
}

function isSent(part: MessagePart): boolean {
  if (part.type === 'text') return part.text !== '';
  if (part.type === 'thinking' || part.type === 'opaque') return part.dialect === 'openai';
  return isMedia(part) || part.type === 'toolCall' || part.type === 'toolResult';
}

export function openAiRequestOf(question: Question): DialectRequest {
  const { model, system = '', tools = [], toolChoice, maxTokens, temperature, stream } = question;
  const traits = traitsOf(model);
  const arranged = arrange(question.messages, {
    dialect: 'openai',
    model,
    isSent,
    beginsWithUser: false,
    assistantShows: false,
  });
  const messages = arranged.flatMap((message) => messagesOf(message, traits));
  if (system.trim() !== '') messages.unshift({ role: 'system', content: system });

  const body: Json = { model, messages };
  if (tools.length > 0) body.tools = tools.map(toolOf);
  if (tools.length > 0 && toolChoice !== undefined) body.tool_choice = choiceOf(toolChoice);
  if (maxTokens !== undefined) body[traits.maxTokensField] = maxTokens;
  if (temperature !== undefined && traits.takesTemperature) body.temperature = temperature;
  body.stream = stream;
  // Else a stream does not say what it used.
  if (stream) body.stream_options = { include_usage: true };
  return { path: '/v1/chat/completions', body };
}
