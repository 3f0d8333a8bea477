/** Reads a client's own request to Gemini's generateContent. */
import type {
  MessagePart,
  NeutralMessage,
  NeutralTool,
  ToolChoice,
} from '../../../events/neutralMessage.ts';
import { arrayOf, objectOf, textOf, type JsonObject } from '../../proxy/json.ts';
import { inTurns } from '../arrange.ts';
import type { AskedQuestion } from '../form.ts';
import { given, numberOf, objectsOf } from '../given.ts';
import { field, objectField, partOf } from './parts.ts';
import { asJsonSchema } from './schema.ts';

type OpenCall = { id: string; name: string };

/** Gives calls without ids such as stay the same when the conversation is sent again, longer. */
function idGiver() {
  let count = 0;
  let openCalls: OpenCall[] = [];

  return (part: MessagePart): MessagePart => {
    if (part.type === 'toolCall') {
      count += 1;
      const id = part.id === '' ? `call_${count}` : part.id;
      openCalls.push({ id, name: part.name });
      return { ...part, id };
    }
    if (part.type !== 'toolResult') return part;
    const isOf = ({ id, name }: OpenCall): boolean =>
      part.callId === '' ? name === part.name : id === part.callId;
    const call = openCalls.find(isOf);
    openCalls = openCalls.filter((one) => one !== call);
    return call ? { ...part, callId: call.id } : part;
  };
}

function messagesOf(contents: unknown): NeutralMessage[] {
  const withId = idGiver();
  const messages = objectsOf(contents).map(({ role, parts }): NeutralMessage => {
    const read = objectsOf(parts).flatMap(partOf).map(withId);
    return { role: role === 'model' ? 'assistant' : 'user', parts: read };
  });
  return inTurns(messages);
}

function systemOf(json: JsonObject): string | undefined {
  const instruction = field(json, 'systemInstruction');
  if (typeof instruction === 'string') return instruction;
  const texts = objectsOf(objectOf(instruction)?.parts).flatMap(({ text }) => textOf(text) ?? []);
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

function toolOf(declared: JsonObject): NeutralTool[] {
  const name = textOf(declared.name);
  if (name === null) return [];
  const description = textOf(declared.description) ?? undefined;
  const ownForm = objectOf(declared.parameters);
  const inputSchema =
    objectField(declared, 'parametersJsonSchema') ??
    (ownForm ? asJsonSchema(ownForm) : { type: 'object', properties: {} });
  return [{ name, ...given({ description }), inputSchema: { ...inputSchema } }];
}

function choiceOf(json: JsonObject): ToolChoice | undefined {
  const config = objectField(objectField(json, 'toolConfig'), 'functionCallingConfig');
  const [name, ...more] = arrayOf(field(config, 'allowedFunctionNames'));
  switch (config?.mode) {
    case 'AUTO':
    case 'VALIDATED':
      return 'auto';
    case 'NONE':
      return 'none';
    case 'ANY':
      return typeof name === 'string' && more.length === 0 ? { name } : 'required';
    default:
      return undefined;
  }
}

const asked = /\/models\/([^?]+):(generateContent|streamGenerateContent)(?:\?|$)/;

function modelIn(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export function geminiQuestionOf(body: unknown, path = ''): AskedQuestion | null {
  const json = objectOf(body);
  if (!json || !Array.isArray(json.contents)) return null;
  const [, model, verb] = asked.exec(path) ?? [];
  const config = objectField(json, 'generationConfig');
  const declared = objectsOf(json.tools)
    .flatMap((tool) => objectsOf(field(tool, 'functionDeclarations')))
    .flatMap(toolOf);
  return {
    ...given({
      model: model === undefined ? undefined : modelIn(model),
      system: systemOf(json),
      tools: declared.length === 0 ? undefined : declared,
      toolChoice: choiceOf(json),
      maxTokens: numberOf(field(config, 'maxOutputTokens')),
      temperature: numberOf(config?.temperature),
    }),
    messages: messagesOf(json.contents),
    stream: verb === 'streamGenerateContent',
  };
}
