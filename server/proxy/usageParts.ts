/** What vendors count apart because they price it apart: sound, pictures, long-lived caches, searches. */
import type { Usage, UsageParts } from '../../events/traffic.ts';
import { arrayOf, countOf, objectOf, type JsonObject } from './json.ts';

type Counts = { -readonly [Part in keyof UsageParts]: UsageParts[Part] };

/** Made only when something was counted: most answers have no parts. */
function counted(parts: Readonly<Record<keyof UsageParts, number>>): UsageParts | undefined {
  const found: Counts = {};
  let isAny = false;
  for (const [part, count] of Object.entries(parts)) {
    if (count === 0) continue;
    found[part as keyof UsageParts] = count;
    isAny = true;
  }
  return isAny ? found : undefined;
}

const none = {
  inputAudioTokens: 0,
  inputImageTokens: 0,
  inputVideoTokens: 0,
  cachedAudioTokens: 0,
  cachedImageTokens: 0,
  hourCacheWriteTokens: 0,
  outputAudioTokens: 0,
  outputImageTokens: 0,
  webSearches: 0,
};

export function openAiParts(
  input: JsonObject | null,
  output: JsonObject | null,
): UsageParts | undefined {
  const inputAudioTokens = countOf(input?.audio_tokens);
  const inputImageTokens = countOf(input?.image_tokens);
  const outputAudioTokens = countOf(output?.audio_tokens);
  const outputImageTokens = countOf(output?.image_tokens);
  if (inputAudioTokens + inputImageTokens + outputAudioTokens + outputImageTokens === 0) {
    return undefined;
  }
  const cached = objectOf(input?.cached_tokens_details);
  return counted({
    ...none,
    inputAudioTokens,
    inputImageTokens,
    cachedAudioTokens: countOf(cached?.audio_tokens),
    cachedImageTokens: countOf(cached?.image_tokens),
    outputAudioTokens,
    outputImageTokens,
  });
}

export function anthropicParts(json: JsonObject): UsageParts | undefined {
  const written = objectOf(json.cache_creation);
  const hourCacheWriteTokens = countOf(written?.ephemeral_1h_input_tokens);
  const webSearches = countOf(objectOf(json.server_tool_use)?.web_search_requests);
  if (hourCacheWriteTokens + webSearches === 0) return undefined;
  return counted({ ...none, hourCacheWriteTokens, webSearches });
}

/** Pages of a document are priced like pictures. */
function ofModality(details: readonly unknown[], modality: string, alsoOf = modality): number {
  let tokens = 0;
  for (const detail of details) {
    const one = objectOf(detail);
    if (one?.modality === modality || one?.modality === alsoOf) tokens += countOf(one.tokenCount);
  }
  return tokens;
}

const isOther = (detail: unknown): boolean => objectOf(detail)?.modality !== 'TEXT';

export function geminiParts(json: JsonObject): UsageParts | undefined {
  const input = arrayOf(json.promptTokensDetails);
  const output = arrayOf(json.candidatesTokensDetails);
  if (!input.some(isOther) && !output.some(isOther)) return undefined;
  const cached = arrayOf(json.cacheTokensDetails);
  return counted({
    ...none,
    inputAudioTokens: ofModality(input, 'AUDIO'),
    inputImageTokens: ofModality(input, 'IMAGE', 'DOCUMENT'),
    inputVideoTokens: ofModality(input, 'VIDEO'),
    cachedAudioTokens: ofModality(cached, 'AUDIO'),
    cachedImageTokens: ofModality(cached, 'IMAGE', 'DOCUMENT'),
    outputAudioTokens: ofModality(output, 'AUDIO'),
    outputImageTokens: ofModality(output, 'IMAGE', 'DOCUMENT'),
  });
}

/** Left out where nothing was counted: an event that does not need them does not carry them. */
export function withParts(
  usage: Usage,
  cacheWriteTokens: number,
  parts: UsageParts | undefined,
): Usage {
  if (cacheWriteTokens === 0 && !parts) return usage;
  return { ...usage, cacheWriteTokens, ...(parts && { parts }) };
}
