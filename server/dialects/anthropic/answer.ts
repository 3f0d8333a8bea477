/** Reads an answer of Anthropic's messages, whole or as it is written. */
import type { FinishReason, NeutralTool } from '../../../events/neutralMessage.ts';
import { objectOf, parseObject, textOf, type JsonObject } from '../../proxy/json.ts';
import { anthropicUsage } from '../../proxy/usage.ts';
import { createAssembly, hasCall } from '../assembly.ts';
import { failureIn } from '../failureIn.ts';
import type { Answer, AnswerReader } from '../form.ts';
import { inputOf } from '../toolInput.ts';
import { madeId, offeredNames } from '../toolNames.ts';
import { messageParts } from './parts.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'toolCalls',
  refusal: 'refusal',
  pause_turn: 'pause',
};

const finishOf = (said: string | null): FinishReason | null =>
  said === null ? null : (reasons[said] ?? 'other');

export function anthropicAnswerOf(body: unknown, tools?: readonly NeutralTool[]): Answer | null {
  const json = objectOf(body);
  if (!json || !Array.isArray(json.content)) return null;
  const offeredName = offeredNames('anthropic', tools);
  const parts = messageParts(json.content).map((part) =>
    part.type === 'toolCall' ? { ...part, name: offeredName(part.name) } : part,
  );
  return {
    message: { role: 'assistant', parts },
    usage: anthropicUsage(objectOf(json.usage)),
    finishReason: finishOf(textOf(json.stop_reason)),
    model: textOf(json.model),
  };
}

/** Kept until they are whole: what only the vendor can read must not be sent back in half. */
type Hidden = { block: JsonObject; json: string };

export function createAnthropicReader(tools?: readonly NeutralTool[]): AnswerReader {
  const assembly = createAssembly('anthropic', offeredNames('anthropic', tools));
  const hidden = new Map<string, Hidden>();
  let answerId = '';
  let model: string | null = null;
  let counts: JsonObject | null = null;
  let reason: string | null = null;
  let isStopped = false;
  let failure: string | null = null;

  /** Later counts replace earlier ones. */
  function count(usage: JsonObject | null): void {
    if (usage === null) return;
    const known = Object.entries(usage).filter(([, value]) => value !== null);
    counts = { ...counts, ...Object.fromEntries(known) };
  }

  function begin(key: string, block: JsonObject): void {
    assembly.breaks();
    switch (block.type) {
      case 'text':
        assembly.text(textOf(block.text) ?? '');
        return;
      case 'thinking':
        assembly.thinking(textOf(block.thinking) ?? '', textOf(block.signature) ?? undefined);
        return;
      case 'tool_use': {
        const id = textOf(block.id) ?? madeId(answerId, assembly.callCount());
        assembly.call(key, { id, name: textOf(block.name) ?? '' });
        // Some who speak the dialect give the whole input at once.
        const input = objectOf(block.input);
        if (input && Object.keys(input).length > 0) assembly.wholeInput(key, input);
        return;
      }
      default:
        hidden.set(key, { block, json: '' });
    }
  }

  function goOn(key: string, delta: JsonObject): void {
    const within = hidden.get(key);
    switch (delta.type) {
      case 'text_delta':
        assembly.text(textOf(delta.text) ?? '');
        return;
      case 'thinking_delta':
        assembly.thinking(textOf(delta.thinking) ?? '');
        return;
      case 'signature_delta':
        assembly.thinking('', textOf(delta.signature) ?? undefined);
        return;
      case 'input_json_delta': {
        const json = textOf(delta.partial_json) ?? '';
        if (within) within.json += json;
        else assembly.input(key, json);
        return;
      }
      default:
    }
  }

  function finish(key: string): void {
    const ended = hidden.get(key);
    if (!ended) return;
    hidden.delete(key);
    const { block, json } = ended;
    const whole = json === '' ? block : { ...block, input: inputOf(json) };
    for (const part of messageParts([whole])) assembly.part(part);
  }

  return {
    push({ name, data }) {
      const json = parseObject(data);
      if (json === null) return [];
      const key = typeof json.index === 'number' ? String(json.index) : '';
      switch (textOf(json.type) ?? name) {
        case 'message_start': {
          const message = objectOf(json.message);
          answerId = textOf(message?.id) ?? answerId;
          model = textOf(message?.model) ?? model;
          count(objectOf(message?.usage));
          break;
        }
        case 'content_block_start':
          begin(key, objectOf(json.content_block) ?? {});
          break;
        case 'content_block_delta':
          goOn(key, objectOf(json.delta) ?? {});
          break;
        case 'content_block_stop':
          finish(key);
          break;
        case 'message_delta':
          reason = textOf(objectOf(json.delta)?.stop_reason) ?? reason;
          count(objectOf(json.usage));
          break;
        case 'message_stop':
          isStopped = true;
          break;
        default:
          failure ??= failureIn(json);
      }
      return assembly.deltas();
    },
    end() {
      const parts = assembly.parts();
      const said = finishOf(reason);
      return {
        message: { role: 'assistant', parts },
        usage: anthropicUsage(counts),
        finishReason: said === 'stop' && hasCall(parts) ? 'toolCalls' : said,
        model,
        isWhole: isStopped && failure === null,
        failure,
      };
    },
  };
}
