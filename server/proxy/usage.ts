/** Token usage of the three dialects in one shape, from a usage object or a whole plain body. */
import type { Usage } from '../../events/traffic.ts';
import { decodeUtf8, lastMember, lastObject, quoted } from './bytes.ts';
import { arrayOf, countOf, objectOf, type JsonObject } from './json.ts';
import { anthropicParts, geminiParts, openAiParts, withParts } from './usageParts.ts';

const usageKey = quoted('usage');
const usageMetadataKey = quoted('usageMetadata');
const usageAtTop = lastMember('usage');
const usageMetadataAtTop = lastMember('usageMetadata');

/** Above this a body is searched from its end instead of parsed. */
const parseLimitBytes = 64 * 1024;

function orNull(usage: Usage): Usage | null {
  return usage.inputTokens + usage.outputTokens > 0 ? usage : null;
}

/**
 * Chat, completions and embeddings say prompt and completion, responses and images say input and output. Who leaves
 * reasoning out of the output (xAI, Gemini) has it in the total; who counts nothing but a total, wrote nothing.
 */
export function openAiUsage(json: JsonObject | null): Usage | null {
  if (json === null) return null;
  const inputDetails =
    objectOf(json.prompt_tokens_details) ??
    objectOf(json.input_tokens_details) ??
    objectOf(json.input_token_details);
  const outputDetails =
    objectOf(json.completion_tokens_details) ??
    objectOf(json.output_tokens_details) ??
    objectOf(json.output_token_details);
  const read = countOf(json.prompt_tokens) || countOf(json.input_tokens);
  const written = countOf(json.completion_tokens) || countOf(json.output_tokens);
  const total = countOf(json.total_tokens);
  const inputTokens = read + written === 0 ? total : read;
  const unseen = Math.max(0, total - inputTokens - written);
  const usage = {
    inputTokens,
    outputTokens: written + unseen,
    cachedTokens: countOf(inputDetails?.cached_tokens) || countOf(json.prompt_cache_hit_tokens),
    reasoningTokens: Math.max(unseen, countOf(outputDetails?.reasoning_tokens)),
  };
  const cacheWriteTokens = countOf(inputDetails?.cache_write_tokens);
  return orNull(withParts(usage, cacheWriteTokens, openAiParts(inputDetails, outputDetails)));
}

/** Here alone the vendor's input count leaves the cached tokens out. */
export function anthropicUsage(json: JsonObject | null): Usage | null {
  if (json === null) return null;
  const cachedTokens = countOf(json.cache_read_input_tokens);
  const details = objectOf(json.output_tokens_details);
  const cacheWriteTokens = countOf(json.cache_creation_input_tokens);
  const usage = {
    inputTokens: countOf(json.input_tokens) + cachedTokens + cacheWriteTokens,
    outputTokens: countOf(json.output_tokens),
    cachedTokens,
    reasoningTokens: countOf(details?.thinking_tokens) || countOf(details?.reasoning_tokens),
  };
  return orNull(withParts(usage, cacheWriteTokens, anthropicParts(json)));
}

export function geminiUsage(json: JsonObject | null): Usage | null {
  if (json === null) return null;
  const reasoningTokens = countOf(json.thoughtsTokenCount);
  const usage = {
    inputTokens: countOf(json.promptTokenCount) + countOf(json.toolUsePromptTokenCount),
    outputTokens: countOf(json.candidatesTokenCount) + reasoningTokens,
    cachedTokens: countOf(json.cachedContentTokenCount),
    reasoningTokens,
  };
  return orNull(withParts(usage, 0, geminiParts(json)));
}

/** Where OpenAI and those who speak like it put the usage of an answer or a chunk. */
export function openAiUsageIn(json: JsonObject): Usage | null {
  const choice = objectOf(arrayOf(json.choices)[0]);
  return openAiUsage(
    objectOf(json.usage) ?? objectOf(objectOf(json.x_groq)?.usage) ?? objectOf(choice?.usage),
  );
}

/** Gemini's streams without `alt=sse` are an array, whose last element has the totals. */
function geminiUsageIn(json: unknown): Usage | null {
  const last = Array.isArray(json) ? arrayOf(json).at(-1) : json;
  return geminiUsage(objectOf(objectOf(last)?.usageMetadata));
}

function ofBody<T>(
  body: Uint8Array,
  key: Buffer,
  atTop: (body: Uint8Array) => JsonObject | null,
  level: number,
  ofObject: (usage: JsonObject) => T | null,
  ofWhole: (json: unknown) => T | null,
): T | null {
  const near = atTop(body);
  if (near !== null) return ofObject(near);
  if (body.length > parseLimitBytes) {
    const found = lastObject(body, key);
    if (found === null) return null;
    // Deeper ones may be a caller's own data, such as the input of a tool.
    if (found.level === level) return ofObject(found.json);
  }
  try {
    return ofWhole(JSON.parse(decodeUtf8(body)));
  } catch {
    return null;
  }
}

export function openAiUsageOfPlain(body: Uint8Array): Usage | null {
  return ofBody(body, usageKey, usageAtTop, 1, openAiUsage, (json) => {
    const whole = objectOf(json);
    return whole === null ? null : openAiUsageIn(whole);
  });
}

export function anthropicUsageOfPlain(body: Uint8Array): Usage | null {
  return ofBody(body, usageKey, usageAtTop, 1, anthropicUsage, (json) =>
    anthropicUsage(objectOf(objectOf(json)?.usage)),
  );
}

export function geminiUsageOfPlain(body: Uint8Array): Usage | null {
  const level = body[0] === 91 ? 2 : 1;
  return ofBody(body, usageMetadataKey, usageMetadataAtTop, level, geminiUsage, geminiUsageIn);
}

/** The same from the end of a body that is too large to hold. */
export function openAiUsageOfTail(tail: Uint8Array): Usage | null {
  const found = lastObject(tail, usageKey);
  return found?.level === 1 ? openAiUsage(found.json) : null;
}

export function geminiUsageOfTail(tail: Uint8Array): Usage | null {
  const found = lastObject(tail, usageMetadataKey);
  return found?.level === 1 ? geminiUsage(found.json) : null;
}

/** The last usage object in the remains of an event too big to keep. */
export function openAiUsageNear(tail: Uint8Array): Usage | null {
  return openAiUsage(lastObject(tail, usageKey)?.json ?? null);
}

export function geminiUsageNear(tail: Uint8Array): Usage | null {
  return geminiUsage(lastObject(tail, usageMetadataKey)?.json ?? null);
}
