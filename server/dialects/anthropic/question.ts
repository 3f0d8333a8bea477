/** Reads a client's own request to Anthropic's messages. */
import type { NeutralMessage, NeutralTool, ToolChoice } from '../../../events/neutralMessage.ts';
import { objectOf, textOf, type JsonObject } from '../../proxy/json.ts';
import { inTurns } from '../arrange.ts';
import type { AskedQuestion } from '../form.ts';
import { given, numberOf, objectsOf } from '../given.ts';
import { messageParts } from './parts.ts';

const isSystem = ({ role }: JsonObject): boolean => role === 'system';

function systemOf(system: unknown, messages: readonly JsonObject[]): string | undefined {
  const texts = [system, ...messages.filter(isSystem).map(({ content }) => content)]
    .flatMap(messageParts)
    .flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

/** The vendor's own tools have a type and no schema: other vendors have no such tool. */
function toolOf(tool: JsonObject): NeutralTool[] {
  const name = textOf(tool.name);
  const inputSchema = objectOf(tool.input_schema);
  if (name === null || inputSchema === null) return [];
  const description = textOf(tool.description) ?? undefined;
  return [{ name, ...given({ description }), inputSchema: { ...inputSchema } }];
}

function choiceOf(value: unknown): ToolChoice | undefined {
  const choice = objectOf(value);
  const name = textOf(choice?.name);
  switch (choice?.type) {
    case 'auto':
    case 'none':
      return choice.type;
    case 'any':
      return 'required';
    case 'tool':
      return name === null ? undefined : { name };
    default:
      return undefined;
  }
}

function messageOf(message: JsonObject): NeutralMessage[] {
  const { role, content } = message;
  if (role !== 'user' && role !== 'assistant') return [];
  return [{ role, parts: messageParts(content) }];
}

export function anthropicQuestionOf(body: unknown): AskedQuestion | null {
  const json = objectOf(body);
  if (!json || !Array.isArray(json.messages)) return null;
  const messages = objectsOf(json.messages);
  const tools = objectsOf(json.tools).flatMap(toolOf);
  return {
    ...given({
      model: textOf(json.model) ?? undefined,
      system: systemOf(json.system, messages),
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: choiceOf(json.tool_choice),
      maxTokens: numberOf(json.max_tokens),
      temperature: numberOf(json.temperature),
    }),
    messages: inTurns(messages.flatMap(messageOf)),
    stream: json.stream === true,
  };
}
