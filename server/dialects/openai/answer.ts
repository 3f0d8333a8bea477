/** Reads an answer of OpenAI's chat completions, whole or as it is written. */
import type { FinishReason, MessagePart, NeutralTool } from '../../../events/neutralMessage.ts';
import type { Usage } from '../../../events/traffic.ts';
import { arrayOf, objectOf, parseObject, textOf, type JsonObject } from '../../proxy/json.ts';
import { openAiUsageIn } from '../../proxy/usage.ts';
import { createAssembly, hasCall } from '../assembly.ts';
import type { Answer, AnswerReader } from '../form.ts';
import { failureIn } from '../failureIn.ts';
import { madeId, offeredNames } from '../toolNames.ts';
import { assistantParts, contentParts, reasoningIn, signatureOf, thoughtIn } from './parts.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'toolCalls',
  function_call: 'toolCalls',
  content_filter: 'refusal',
  sensitive: 'refusal',
  refusal: 'refusal',
};

function finishOf(said: string | null, parts: readonly MessagePart[]): FinishReason | null {
  if (said === null) return null;
  const reason = reasons[said] ?? 'other';
  if (reason !== 'stop') return reason;
  if (hasCall(parts)) return 'toolCalls';
  return parts.some((part) => part.type === 'text' && part.isRefusal === true) ? 'refusal' : 'stop';
}

export function openAiAnswerOf(body: unknown, tools?: readonly NeutralTool[]): Answer | null {
  const json = objectOf(body);
  const choice = objectOf(arrayOf(json?.choices)[0]);
  const message = objectOf(choice?.message);
  if (!json || !choice || !message) return null;
  const offeredName = offeredNames('openai', tools);
  const parts = assistantParts(message, textOf(json.id) ?? '').map((part) =>
    part.type === 'toolCall' ? { ...part, name: offeredName(part.name) } : part,
  );
  return {
    message: { role: 'assistant', parts },
    usage: openAiUsageIn(json),
    finishReason: finishOf(textOf(choice.finish_reason), parts),
    model: textOf(json.model),
  };
}

export function createOpenAiReader(tools?: readonly NeutralTool[]): AnswerReader {
  const assembly = createAssembly('openai', offeredNames('openai', tools));
  /** Under which key the call is that goes on at an index. */
  const keys = new Map<string, string>();
  let answerId = '';
  let model: string | null = null;
  let usage: Usage | null = null;
  let reason: string | null = null;
  let isDone = false;
  let failure: string | null = null;
  let lastIndex = '0';

  /** Some give no index, some give every call the same, and some repeat the id. */
  function keyOf(call: JsonObject, id: string | null, name: string): string {
    const index = typeof call.index === 'number' ? String(call.index) : (id ?? lastIndex);
    lastIndex = index;
    const key = keys.get(index);
    const isOther = key !== undefined && id !== null && name !== '' && assembly.idOf(key) !== id;
    if (key !== undefined && !isOther) return key;
    const made = `${index} ${assembly.callCount()}`;
    keys.set(index, made);
    return made;
  }

  function readCall(value: unknown): void {
    const call = objectOf(value);
    if (call === null) return;
    const asked = objectOf(call.function) ?? objectOf(call.custom);
    const id = textOf(call.id);
    const name = textOf(asked?.name) ?? '';
    const key = keyOf(call, id, name);
    const begin = id ?? madeId(answerId, assembly.callCount());
    assembly.call(key, { id: begin, name, signature: signatureOf(call) });
    const more = asked?.arguments ?? asked?.input;
    if (typeof more === 'string') assembly.input(key, more);
    else assembly.wholeInput(key, more ?? undefined);
  }

  function readContent(content: unknown): void {
    if (typeof content === 'string') {
      assembly.text(content);
      return;
    }
    for (const piece of arrayOf(content)) {
      const thought = thoughtIn(piece);
      if (thought !== null) assembly.thinking(thought);
      else {
        for (const part of contentParts([piece])) {
          if (part.type === 'text') assembly.text(part.text);
          else assembly.part(part);
        }
      }
    }
  }

  function readDelta(delta: JsonObject): void {
    assembly.thinking(reasoningIn(delta));
    readContent(delta.content);
    assembly.text(textOf(delta.refusal) ?? '', { isRefusal: true });
    assembly.text(textOf(objectOf(delta.audio)?.transcript) ?? '');
    readContent(delta.images);
    for (const call of arrayOf(delta.tool_calls)) readCall(call);
    const only = objectOf(delta.function_call);
    if (only !== null) readCall({ index: 0, function: only });
  }

  return {
    push({ data }) {
      if (data.trim() === '[DONE]') isDone = true;
      const json = parseObject(data);
      if (json === null) return [];
      failure ??= failureIn(json);
      answerId = textOf(json.id) ?? answerId;
      model = textOf(json.model) ?? model;
      usage = openAiUsageIn(json) ?? usage;
      const choice = objectOf(arrayOf(json.choices)[0]);
      if (choice === null || (choice.index ?? 0) !== 0) return [];
      // Who does not stream, although asked to, sends the whole message as its only chunk.
      const delta =
        objectOf(choice.delta) ?? (assembly.isEmpty() ? objectOf(choice.message) : null);
      if (delta) readDelta(delta);
      reason = textOf(choice.finish_reason) ?? reason;
      return assembly.deltas();
    },
    end() {
      const parts = assembly.parts();
      const isWhole = failure === null && (reason !== null || isDone);
      return {
        message: { role: 'assistant', parts },
        usage,
        finishReason: finishOf(reason ?? (isDone ? 'stop' : null), parts),
        model,
        isWhole,
        failure,
      };
    },
  };
}
