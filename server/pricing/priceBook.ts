/** The public prices of models, as `@pydantic/genai-prices` bundles them: nothing is fetched. */
import { calcPrice, findProvider, type Provider as Vendor } from '@pydantic/genai-prices';
import manifest from '../../package.json' with { type: 'json' };
import type { Usage } from '../../events/traffic.ts';
import type { Provider } from '../proxy/providers.ts';
import { costOf, tariffOf, type Tariff } from './rates.ts';

/** The package pins its data: its version names both. */
export const bookVersion = `genai-prices ${manifest.dependencies['@pydantic/genai-prices']}`;

export type Quote = Readonly<{
  /** The price holds for requests that began from here and before there (epoch). */
  fromMs: number;
  beforeMs: number;
  costOf(usage: Usage): number;
}>;

const minuteMs = 60_000;
const always = { fromMs: Number.NEGATIVE_INFINITY, beforeMs: Number.POSITIVE_INFINITY };

/** Prices that the plain counts of a usage are enough for. */
const counted = new Set([
  'input_mtok',
  'output_mtok',
  'cache_read_mtok',
  'cache_write_mtok',
  'cache_write_1h_mtok',
  'output_reasoning_mtok',
  'requests_kcount',
  'web_searches_kcount',
]);
/** Sound, pictures and video, which a vendor counts apart in some answers. */
const ofModality = /_(audio|image|video)_.*mtok$|^(input|output)_(audio|image|video)_mtok$/;

/** Undefined for a vendor without public prices. The address decides, then the name. */
const vendorOf = ({ id, baseUrl }: Pick<Provider, 'id' | 'baseUrl'>): Vendor | undefined =>
  findProvider({ providerApiUrl: baseUrl }) ?? findProvider({ providerId: id });

/** Gemini's OpenAI-compatible endpoint takes both forms. */
const nameOf = (model: string): string => model.replace(/^models\//, '');

const unitsOf = ({ inputTokens, outputTokens, cachedTokens, reasoningTokens, ...rest }: Usage) => {
  const { cacheWriteTokens = 0, parts = {} } = rest;
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_tokens: cachedTokens,
    output_reasoning_tokens: reasoningTokens,
    cache_write_tokens: cacheWriteTokens,
    cache_write_1h_tokens: parts.hourCacheWriteTokens ?? 0,
    input_audio_tokens: parts.inputAudioTokens ?? 0,
    input_image_tokens: parts.inputImageTokens ?? 0,
    input_video_tokens: parts.inputVideoTokens ?? 0,
    cache_audio_read_tokens: parts.cachedAudioTokens ?? 0,
    cache_image_read_tokens: parts.cachedImageTokens ?? 0,
    output_audio_tokens: parts.outputAudioTokens ?? 0,
    output_image_tokens: parts.outputImageTokens ?? 0,
    web_searches: parts.webSearches ?? 0,
  };
};

/** What a model costs at a provider at a time; undefined where no price is known, or none that tokens are enough for. */
export function quoteOf(
  provider: Pick<Provider, 'id' | 'baseUrl'>,
  model: string,
  atMs: number,
): Quote | undefined {
  const vendor = vendorOf(provider);
  if (!vendor || model === '') return undefined;
  const timestamp = new Date(atMs);
  const found = calcPrice({}, nameOf(model), { provider: vendor, timestamp });
  if (!found) return undefined;
  const { model: priced, model_price: prices } = found;
  const names = Object.keys(prices);
  const isByTokens = 'input_mtok' in prices || 'output_mtok' in prices;
  if (!isByTokens && names.some((name) => !counted.has(name))) return undefined;

  const tariff = tariffOf(prices);
  // Prices that change with the hour of the day or a date do so on whole minutes.
  const fromMs = Math.floor(atMs / minuteMs) * minuteMs;
  const window = Array.isArray(priced.prices) ? { fromMs, beforeMs: fromMs + minuteMs } : always;
  if (!names.some((name) => ofModality.test(name))) {
    return { ...window, costOf: (usage) => costOf(tariff, usage) };
  }
  const alone = { ...vendor, models: [{ ...priced, match: { equals: priced.id }, prices }] };
  return { ...window, costOf: (usage) => costByModality(tariff, alone, priced.id, usage) };
}

/** By the library itself where something other than text was counted: that is rare, and how parts overlap is its own. */
function costByModality(tariff: Tariff, vendor: Vendor, model: string, usage: Usage): number {
  if (!usage.parts) return costOf(tariff, usage);
  try {
    const found = calcPrice(unitsOf(usage), model, { provider: vendor });
    if (found) return Math.round(found.total_price * 1_000_000);
  } catch {
    // Counts that contradict each other: the totals are what is sure.
  }
  return costOf(tariff, usage);
}
