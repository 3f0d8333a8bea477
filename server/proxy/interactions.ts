/** Gemini's interactions: what they count, and how their streams end. */
import type { Usage } from '../../events/traffic.ts';
import { decodeUtf8, find, hasValueBut, lastObject, quoted } from './bytes.ts';
import { arrayOf, objectOf, parseObject, textOf, type JsonObject } from './json.ts';
import type { EventReader } from './sse.ts';
import { geminiUsage } from './usage.ts';

const usageKey = quoted('usage');
const errorKey = quoted('error');
const interactionWord = Buffer.from('interaction');
const nullByte = 110;

const byModality = (values: unknown): object[] =>
  arrayOf(values).map((value) => {
    const { modality, tokens } = objectOf(value) ?? {};
    return { modality: textOf(modality)?.toUpperCase(), tokenCount: tokens };
  });

/** The same counts as elsewhere in Gemini, under other names. */
const interactionUsage = (json: JsonObject | null): Usage | null =>
  json &&
  geminiUsage({
    promptTokenCount: json.total_input_tokens,
    toolUsePromptTokenCount: json.total_tool_use_tokens,
    candidatesTokenCount: json.total_output_tokens,
    thoughtsTokenCount: json.total_thought_tokens,
    cachedContentTokenCount: json.total_cached_tokens,
    promptTokensDetails: byModality(json.input_tokens_by_modality),
    candidatesTokensDetails: byModality(json.output_tokens_by_modality),
    cacheTokensDetails: byModality(json.cached_tokens_by_modality),
  });

export const interactionUsageOfPlain = (body: Uint8Array): Usage | null =>
  interactionUsage(objectOf(parseObject(decodeUtf8(body))?.usage));

/** What a status says while there is more to come. */
const goingOn = new Set(['in_progress', 'queued']);

/** `counted` is false for a stream read again: its tokens were counted the first time. */
export function interactionsReader(counted: boolean): EventReader {
  const ids = new Set<string>();
  let isKnown = false;
  let isOver = false;
  let failure: string | null = null;
  let usage: Usage | null = null;
  return {
    wants: (bytes) => find(bytes, interactionWord) !== -1 || hasValueBut(bytes, errorKey, nullByte),
    read(name, data) {
      const json = parseObject(data);
      if (json === null) return false;
      const type = textOf(json.event_type) ?? name;
      const interaction = objectOf(json.interaction);
      const id = textOf(interaction?.id) ?? textOf(json.interaction_id);
      if (id !== null) ids.add(id);
      const status = textOf(json.status) ?? textOf(interaction?.status);
      if (type.startsWith('interaction.')) isKnown = true;
      if (type === 'interaction.completed') isOver = true;
      if (type === 'interaction.status_update' && status !== null && !goingOn.has(status)) {
        isOver = true;
      }
      if (status === 'failed') failure = data;
      if (type === 'error' || objectOf(json.error) !== null) {
        failure = data;
        isOver = true;
      }
      usage = interactionUsage(objectOf(interaction?.usage) ?? objectOf(json.usage)) ?? usage;
      return true;
    },
    readLarge(head, tail) {
      // The last event may repeat all that was said.
      if (find(head, Buffer.from('interaction.completed')) !== -1) isOver = true;
      usage = interactionUsage(lastObject(tail, usageKey)?.json ?? null) ?? usage;
    },
    complete: () => (isKnown ? isOver : null),
    failure: () => failure,
    usage: () => (counted ? usage : null),
    ids: () => [...ids],
    closing: () => '',
  };
}
