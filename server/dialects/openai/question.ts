/** Reads a client's own request to OpenAI's chat completions. */
import type {
  ContentPart,
  MessagePart,
  NeutralMessage,
  NeutralTool,
  ToolChoice,
} from '../../../events/neutralMessage.ts';
import { arrayOf, objectOf, textOf, type JsonObject } from '../../proxy/json.ts';
import { inTurns } from '../arrange.ts';
import type { AskedQuestion } from '../form.ts';
import { given, numberOf, objectsOf } from '../given.ts';
import { assistantParts, contentParts } from './parts.ts';

function resultOf(message: JsonObject): MessagePart {
  const name = textOf(message.name);
  const content = contentParts(message.content).filter(
    (part): part is ContentPart => part.type !== 'opaque',
  );
  return {
    type: 'toolResult',
    callId: textOf(message.tool_call_id) ?? name ?? '',
    ...(name === null ? {} : { name }),
    content,
  };
}

function messageOf(message: JsonObject, index: number): NeutralMessage | null {
  switch (message.role) {
    case 'user':
      return { role: 'user', parts: contentParts(message.content) };
    case 'assistant':
      return { role: 'assistant', parts: assistantParts(message, `message ${index}`) };
    case 'tool':
    case 'function':
      return { role: 'user', parts: [resultOf(message)] };
    default:
      return null;
  }
}

const isSystem = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer';

function systemOf(messages: readonly JsonObject[]): string | undefined {
  const texts = messages
    .filter(isSystem)
    .flatMap(({ content }) => contentParts(content))
    .flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

function toolOf(value: unknown): NeutralTool[] {
  const tool = objectOf(value);
  const told = objectOf(tool?.function) ?? (tool?.type === undefined ? tool : null);
  const name = textOf(told?.name);
  if (!told || name === null) return [];
  const description = textOf(told.description) ?? undefined;
  const inputSchema = objectOf(told.parameters) ?? { type: 'object', properties: {} };
  return [{ name, ...given({ description }), inputSchema: { ...inputSchema } }];
}

function choiceOf(choice: unknown): ToolChoice | undefined {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  const name = textOf(objectOf(objectOf(choice)?.function)?.name);
  return name === null ? undefined : { name };
}

export function openAiQuestionOf(body: unknown): AskedQuestion | null {
  const json = objectOf(body);
  if (!json || !Array.isArray(json.messages)) return null;
  const messages = objectsOf(json.messages);
  const tools = [...arrayOf(json.tools), ...arrayOf(json.functions)].flatMap(toolOf);
  return {
    ...given({
      model: textOf(json.model) ?? undefined,
      system: systemOf(messages),
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: choiceOf(json.tool_choice),
      maxTokens: numberOf(json.max_completion_tokens) ?? numberOf(json.max_tokens),
      temperature: numberOf(json.temperature),
    }),
    messages: inTurns(messages.flatMap((message, index) => messageOf(message, index) ?? [])),
    stream: json.stream === true,
  };
}
