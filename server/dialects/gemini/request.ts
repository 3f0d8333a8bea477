/** A question as Gemini's generateContent. */
import type {
  ContentPart,
  MessagePart,
  NeutralTool,
  OpaquePart,
  ToolCallPart,
  ToolChoice,
  ToolResultPart,
} from '../../../events/neutralMessage.ts';
import { objectOf, parseObject, type JsonObject } from '../../proxy/json.ts';
import { arrange, type ArrangedMessage, type ArrangedResult } from '../arrange.ts';
import type { DialectRequest, Question } from '../form.ts';
import { inHand, isMedia, leftOut, mediaTypeOf, textPart } from '../media.ts';
import { asObject } from '../toolInput.ts';
import { fittingName } from '../toolNames.ts';

type Json = Record<string, unknown>;
type Said = Exclude<MessagePart, ToolResultPart>;

/** Models before the third neither want the signatures of calls nor see what a result shows. */
const earlier = /gemini-(?:1|2)(?:\D|$)|gemma/i;

/** What Google says to put in place of a signature where another model made the call. */
const foreignSignature = 'skip_thought_signature_validator';

/** What a result may show to a model that sees it. */
const inResults = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'application/pdf',
  'text/plain',
]);

const signed = (signature: string | undefined): Json =>
  signature === undefined ? {} : { thoughtSignature: signature };

function contentOf(part: ContentPart): Json {
  if (part.type === 'text') return { text: part.text, ...signed(part.signature) };
  const media = inHand(part);
  if ('url' in media) {
    if (!/^(https?|gs):/i.test(media.url)) return { text: leftOut(media) };
    return { fileData: { mimeType: mediaTypeOf(media), fileUri: media.url } };
  }
  return {
    inlineData: { mimeType: media.mediaType, data: media.data },
    ...signed(media.signature),
  };
}

/** Only what is written again in the very same way may become an object. */
function objectIn(text: string): JsonObject | null {
  const object = text.startsWith('{') ? parseObject(text) : null;
  if (object === null || JSON.stringify(object) !== text) return null;
  const [only, ...more] = Object.keys(object);
  const hasOwnMeaning = more.length === 0 && (only === 'output' || only === 'error');
  return hasOwnMeaning ? null : object;
}

function resultOf({ id, name, content, isError }: ArrangedResult, isEarlier: boolean) {
  const texts: string[] = [];
  const parts: Json[] = [];
  const shown: ContentPart[] = [];
  for (const part of content) {
    if (part.type === 'text') texts.push(part.text);
    else {
      const media = inHand(part);
      if ('url' in media || isEarlier || !inResults.has(media.mediaType)) shown.push(part);
      else parts.push({ inlineData: { mimeType: media.mediaType, data: media.data } });
    }
  }
  const said = texts.join('\n');
  const response = isError ? { error: said } : (objectIn(said) ?? { output: said });
  const functionResponse: Json = { id, name, response };
  if (parts.length > 0) functionResponse.parts = parts;
  const label = textPart(`Shown by the tool call ${id} of ${name}:`);
  return { part: { functionResponse }, shown: shown.length > 0 ? [label, ...shown] : [] };
}

const callOf = ({ id, name, input }: ToolCallPart): Json => ({
  functionCall: { id, name, args: asObject(input) },
});

function saidOf(part: Said | OpaquePart): Json {
  switch (part.type) {
    case 'toolCall':
      return { ...callOf(part), ...signed(part.signature) };
    case 'thinking':
      return { text: part.text, thought: true, ...signed(part.signature) };
    case 'opaque':
      return { ...objectOf(part.value) };
    case 'text':
    case 'image':
    case 'file':
      return contentOf(part);
    default:
      return part satisfies never;
  }
}

/** Of calls that go together the first is signed; where none is, another model made them. */
function modelParts(parts: readonly Said[], isEarlier: boolean): Json[] {
  const written = parts.map(saidOf);
  const at = parts.findIndex(({ type }) => type === 'toolCall');
  const first = written[at];
  const isSigned = parts.some((part) => part.type === 'toolCall' && part.signature !== undefined);
  if (first && !isSigned && !isEarlier) written[at] = { ...first, ...signed(foreignSignature) };
  return written;
}

/** Results stand alone in their content: it must have as many parts as there were calls. */
function contentsOf(message: ArrangedMessage, isEarlier: boolean): Json[] {
  if (message.role === 'assistant') {
    return [{ role: 'model', parts: modelParts(message.parts, isEarlier) }];
  }
  const results = message.results.map((result) => resultOf(result, isEarlier));
  const parts = [
    ...results.flatMap(({ shown }) => shown).map(contentOf),
    ...message.parts.map(saidOf),
  ];
  const contents: Json[] = [];
  if (results.length > 0) contents.push({ role: 'user', parts: results.map(({ part }) => part) });
  if (parts.length > 0) contents.push({ role: 'user', parts });
  return contents;
}

const toolOf = ({ name, description, inputSchema }: NeutralTool): Json => ({
  name: fittingName('gemini', name),
  ...(description === undefined ? {} : { description }),
  parametersJsonSchema: inputSchema,
});

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const;

function choiceOf(choice: ToolChoice): Json {
  if (typeof choice === 'string') return { mode: modes[choice] };
  return { mode: 'ANY', allowedFunctionNames: [fittingName('gemini', choice.name)] };
}

function isSent(part: MessagePart): boolean {
  if (part.type === 'text') return part.text !== '' || part.signature !== undefined;
  if (part.type === 'thinking' || part.type === 'opaque') return part.dialect === 'gemini';
  return isMedia(part) || part.type === 'toolCall' || part.type === 'toolResult';
}

const pathOf = (model: string): string =>
  model
    .replace(/^models\//, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replaceAll('%3A', ':');

export function geminiRequestOf(question: Question): DialectRequest {
  const { model, system = '', tools = [], toolChoice, maxTokens, temperature, stream } = question;
  const isEarlier = earlier.test(model);
  const arranged = arrange(question.messages, {
    dialect: 'gemini',
    model,
    isSent,
    beginsWithUser: true,
    assistantShows: true,
  });
  const body: Json = { contents: arranged.flatMap((message) => contentsOf(message, isEarlier)) };
  if (system.trim() !== '') body.systemInstruction = { parts: [{ text: system }] };
  if (tools.length > 0) body.tools = [{ functionDeclarations: tools.map(toolOf) }];
  if (tools.length > 0 && toolChoice !== undefined) {
    body.toolConfig = { functionCallingConfig: choiceOf(toolChoice) };
  }
  const generationConfig: Json = {};
  if (maxTokens !== undefined) generationConfig.maxOutputTokens = maxTokens;
  if (temperature !== undefined) generationConfig.temperature = temperature;
  if (Object.keys(generationConfig).length > 0) body.generationConfig = generationConfig;
  const verb = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return { path: `/v1beta/models/${pathOf(model)}:${verb}`, body };
}
