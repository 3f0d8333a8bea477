/** Reads an answer of Gemini's generateContent, whole or as it is written: its chunks have the form of a whole answer. */
import type { FinishReason, MessagePart, NeutralTool } from '../../../events/neutralMessage.ts';
import type { Usage } from '../../../events/traffic.ts';
import { arrayOf, objectOf, parseObject, textOf, type JsonObject } from '../../proxy/json.ts';
import { geminiUsage } from '../../proxy/usage.ts';
import { createAssembly, hasCall } from '../assembly.ts';
import { failureIn } from '../failureIn.ts';
import type { Answer, AnswerDelta, AnswerReader, StreamedAnswer } from '../form.ts';
import { objectsOf } from '../given.ts';
import { madeId, offeredNames } from '../toolNames.ts';
import { partOf } from './parts.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'refusal',
  RECITATION: 'refusal',
  BLOCKLIST: 'refusal',
  PROHIBITED_CONTENT: 'refusal',
  SPII: 'refusal',
  IMAGE_SAFETY: 'refusal',
  IMAGE_PROHIBITED_CONTENT: 'refusal',
  IMAGE_RECITATION: 'refusal',
  CONTINUATION: 'pause',
};

function createReader(tools?: readonly NeutralTool[]) {
  const assembly = createAssembly('gemini', offeredNames('gemini', tools));
  let answerId = '';
  let model: string | null = null;
  let usage: Usage | null = null;
  let reason: string | null = null;
  let isBlocked = false;
  let failure: string | null = null;

  function readPart(part: MessagePart): void {
    switch (part.type) {
      case 'text':
        assembly.text(part.text, { signature: part.signature });
        return;
      case 'thinking':
        assembly.thinking(part.text, part.signature);
        if (part.signature !== undefined) assembly.breaks();
        return;
      case 'toolCall': {
        const key = String(assembly.callCount());
        const id = part.id === '' ? madeId(answerId, assembly.callCount()) : part.id;
        assembly.call(key, { id, name: part.name, signature: part.signature });
        assembly.wholeInput(key, part.input);
        return;
      }
      case 'image':
      case 'file':
      case 'toolResult':
      case 'opaque':
        assembly.part(part);
        return;
      default:
        part satisfies never;
    }
  }

  function finishReason(): FinishReason | null {
    if (isBlocked) return 'refusal';
    if (reason === null) return null;
    const said = reasons[reason] ?? 'other';
    return said === 'stop' && hasCall(assembly.parts()) ? 'toolCalls' : said;
  }

  return {
    push(json: JsonObject): AnswerDelta[] {
      failure ??= failureIn(json);
      answerId = textOf(json.responseId) ?? answerId;
      model = textOf(json.modelVersion) ?? model;
      usage = geminiUsage(objectOf(json.usageMetadata)) ?? usage;
      isBlocked ||= textOf(objectOf(json.promptFeedback)?.blockReason) !== null;
      const candidate = objectOf(arrayOf(json.candidates)[0]);
      if ((candidate?.index ?? 0) !== 0) return [];
      for (const part of objectsOf(objectOf(candidate?.content)?.parts).flatMap(partOf))
        readPart(part);
      reason = textOf(candidate?.finishReason) ?? reason;
      return assembly.deltas();
    },
    end: (): StreamedAnswer => ({
      message: { role: 'assistant', parts: assembly.parts() },
      usage,
      finishReason: finishReason(),
      model,
      isWhole: failure === null && (reason !== null || isBlocked),
      failure,
    }),
  };
}

export function createGeminiReader(tools?: readonly NeutralTool[]): AnswerReader {
  const reader = createReader(tools);
  return {
    push({ data }) {
      const json = parseObject(data);
      return json === null ? [] : reader.push(json);
    },
    end: reader.end,
  };
}

const isAnswer = (json: JsonObject): boolean =>
  Array.isArray(json.candidates) || objectOf(json.promptFeedback) !== null;

/** A stream without `alt=sse` is one array, of the chunks. */
export function geminiAnswerOf(body: unknown, tools?: readonly NeutralTool[]): Answer | null {
  const chunks = objectsOf(Array.isArray(body) ? body : [body]);
  if (!chunks.some(isAnswer)) return null;
  const reader = createReader(tools);
  for (const chunk of chunks) reader.push(chunk);
  const { message, usage, finishReason, model } = reader.end();
  return { message, usage, finishReason, model };
}
