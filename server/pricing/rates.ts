/** What a token of a model costs, as plain numbers: a price becomes these once, and every request multiplies. */
import type { ModelPrice } from '@pydantic/genai-prices';
import type { PriceOverride } from '../../events/modelRoute.ts';
import type { Usage } from '../../events/traffic.ts';

/**
 * Micro-USD per million tokens, which is a millionth of a micro-USD per token: every public price is a whole number
 * of these, but for a few that were a fraction to begin with.
 */
type Rates = Readonly<{
  input: number;
  cached: number;
  cacheWrite: number;
  hourCacheWrite: number;
  output: number;
  reasoning: number;
  /** Per million of them, as the others. */
  request: number;
  webSearch: number;
}>;

/** `bands` by their `above`, ascending: more input than that is charged, as a whole, by this band's rates. */
export type Tariff = Readonly<{
  flat: Rates;
  bands: readonly Readonly<{ above: number; rates: Rates }>[];
}>;

const scale = 1_000_000;

/** Without the crumbs of binary fractions: 0.18000000000000002 dollars are 180,000. */
function whole(rate: number): number {
  const rounded = Math.round(rate);
  return Math.abs(rate - rounded) < 1e-6 ? rounded : rate;
}

/** Of a price at an input of so many tokens; undefined where it names none. */
function dollarsAt(price: ModelPrice[string], inputTokens: number): number | undefined {
  if (price === undefined || typeof price === 'number') return price;
  let found = price.base;
  const tiers = price.tiers.toSorted((a, b) => a.start - b.start);
  for (const tier of tiers) if (inputTokens > tier.start) found = tier.price;
  return found;
}

/** What is not priced apart is charged as what it is a part of. */
function ratesAt(prices: ModelPrice, inputTokens: number): Rates {
  const perToken = (name: string, otherwise: number): number => {
    const dollars = dollarsAt(prices[name], inputTokens);
    return dollars === undefined ? otherwise : whole(dollars * scale);
  };
  const perPiece = (name: string): number =>
    whole((dollarsAt(prices[name], inputTokens) ?? 0) * 1_000 * scale);
  const input = perToken('input_mtok', 0);
  const cacheWrite = perToken('cache_write_mtok', input);
  const output = perToken('output_mtok', 0);
  return {
    input,
    cached: perToken('cache_read_mtok', input),
    cacheWrite,
    hourCacheWrite: perToken('cache_write_1h_mtok', cacheWrite),
    output,
    reasoning: perToken('output_reasoning_mtok', output),
    request: perPiece('requests_kcount'),
    webSearch: perPiece('web_searches_kcount'),
  };
}

export function tariffOf(prices: ModelPrice): Tariff {
  const starts = Object.values(prices).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  );
  const bands = [...new Set(starts)].toSorted((a, b) => a - b);
  return {
    flat: ratesAt(prices, 0),
    bands: bands.map((above) => ({ above, rates: ratesAt(prices, above + 1) })),
  };
}

export function tariffOfOverride(price: PriceOverride): Tariff {
  const { inputMicroUsd: input, outputMicroUsd: output, cachedMicroUsd: cached = input } = price;
  const writing = { cacheWrite: input, hourCacheWrite: input };
  const flat = { input, cached, ...writing, output, reasoning: output, request: 0, webSearch: 0 };
  return { flat, bands: [] };
}

function ratesFor({ flat, bands }: Tariff, inputTokens: number): Rates {
  let rates = flat;
  for (const band of bands) if (inputTokens > band.above) rates = band.rates;
  return rates;
}

/**
 * Micro-USD of one request, rounded once, at the end, to the nearest; half a micro-USD counts as a whole one. Exact
 * as long as no sum passes 2^53 millionths, nine thousand dollars.
 */
export function costOf(tariff: Tariff, usage: Usage): number {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens, parts } = usage;
  const rates = tariff.bands.length === 0 ? tariff.flat : ratesFor(tariff, inputTokens);
  const written = usage.cacheWriteTokens ?? 0;
  const plain = inputTokens - cachedTokens - written;
  const answered = outputTokens - reasoningTokens;
  let sum = rates.request + (plain > 0 ? plain * rates.input : 0) + cachedTokens * rates.cached;
  sum += (answered > 0 ? answered * rates.output : 0) + reasoningTokens * rates.reasoning;
  if (written > 0) {
    const forAnHour = Math.min(parts?.hourCacheWriteTokens ?? 0, written);
    sum += (written - forAnHour) * rates.cacheWrite + forAnHour * rates.hourCacheWrite;
  }
  if (parts?.webSearches) sum += parts.webSearches * rates.webSearch;
  return Math.round(sum / scale);
}
