/** What a usage costs, against the library whose prices these are. */
import { describe, expect, test } from 'bun:test';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import type { Usage } from '../../events/traffic.ts';
import { bookVersion, quoteOf } from '../../server/pricing/priceBook.ts';
import { costOf, tariffOf, tariffOfOverride } from '../../server/pricing/rates.ts';

const atMs = Date.parse('2026-11-20T12:00:00Z');
const usageOf = (usage: Partial<Usage>): Usage => ({
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  ...usage,
});

const vendors = ['openai', 'anthropic', 'google', 'azure', 'groq', 'openrouter', 'deepseek'].concat(
  ['mistral', 'x-ai', 'together', 'perplexity', 'aws', 'cohere', 'fireworks', 'moonshotai'],
);
const models = vendors.flatMap((id) =>
  (findProvider({ providerId: id })?.models ?? []).map((model) => [id, model.id] as const),
);

/** A text's usage: parts that fit into their totals. */
const textUsage = fc
  .record({
    plain: fc.nat({ max: 500_000 }),
    cachedTokens: fc.nat({ max: 300_000 }),
    written: fc.nat({ max: 100_000 }),
    hour: fc.double({ min: 0, max: 1, noNaN: true }),
    answered: fc.nat({ max: 100_000 }),
    reasoningTokens: fc.nat({ max: 50_000 }),
    webSearches: fc.nat({ max: 5 }),
  })
  .map(({ plain, cachedTokens, written, hour, answered, reasoningTokens, webSearches }) => ({
    inputTokens: plain + cachedTokens + written,
    outputTokens: answered + reasoningTokens,
    cachedTokens,
    reasoningTokens,
    cacheWriteTokens: written,
    parts: { hourCacheWriteTokens: Math.floor(written * hour), webSearches },
  }));

const dollarsOf = (usage: ReturnType<typeof usageOf>, model: string, id: string) =>
  calcPrice(
    {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cache_read_tokens: usage.cachedTokens,
      cache_write_tokens: usage.cacheWriteTokens ?? 0,
      cache_write_1h_tokens: usage.parts?.hourCacheWriteTokens ?? 0,
      output_reasoning_tokens: usage.reasoningTokens,
      web_searches: usage.parts?.webSearches ?? 0,
    },
    model,
    { providerId: id, timestamp: new Date(atMs) },
  )?.total_price;

describe('The cost of a text', () => {
  test('is the library’s to the micro-dollar, for every model that it prices by tokens', () => {
    expect(models.length).toBeGreaterThan(1_000);
    let priced = 0;
    for (const [id, model] of models) {
      const quote = quoteOf({ id, baseUrl: '' }, model, atMs);
      if (!quote) continue;
      priced += 1;
      fc.assert(
        fc.property(textUsage, (usage) => {
          const microUsd = (dollarsOf(usage, model, id) ?? Number.NaN) * 1_000_000;
          const cost = quote.costOf(usage);
          expect(Number.isSafeInteger(cost)).toBe(true);
          // Rounded to the nearest: what binary fractions make of a half is the library's own.
          expect(Math.abs(cost - microUsd)).toBeLessThanOrEqual(0.5 + 1e-3);
        }),
        { numRuns: 10 },
      );
    }
    expect(priced / models.length).toBeGreaterThan(0.9);
  });

  test('is rounded once, to the nearest, half upwards', () => {
    const tariff = tariffOf({ input_mtok: 0.5, output_mtok: 0.25 });
    expect(costOf(tariff, usageOf({ inputTokens: 1 }))).toBe(1);
    expect(costOf(tariff, usageOf({ outputTokens: 1 }))).toBe(0);
    expect(costOf(tariff, usageOf({ inputTokens: 1, outputTokens: 3 }))).toBe(1);
    expect(costOf(tariff, usageOf({ inputTokens: 1, outputTokens: 4 }))).toBe(2);
  });

  test('takes a whole request to the next tier, not only what is above it', () => {
    const input = { base: 3, tiers: [{ start: 200_000, price: 6 }] };
    const output = { base: 15, tiers: [{ start: 200_000, price: 22.5 }] };
    const tariff = tariffOf({ input_mtok: input, output_mtok: output });
    const at = (inputTokens: number) =>
      costOf(tariff, usageOf({ inputTokens, outputTokens: 1_000 }));
    expect(at(200_000)).toBe(615_000);
    expect(at(200_001)).toBe(1_222_506);
  });

  test('counts caches apart, and as input where they have no price', () => {
    const usage = usageOf({ inputTokens: 100, cachedTokens: 50, cacheWriteTokens: 40 });
    const rates = { input_mtok: 10, output_mtok: 50, cache_read_mtok: 1 };
    expect(costOf(tariffOf({ input_mtok: 10 }), usage)).toBe(1_000);
    expect(costOf(tariffOf(rates), usage)).toBe(100 + 50 + 400);
    const all = tariffOf({ ...rates, cache_write_mtok: 12.5, cache_write_1h_mtok: 20 });
    expect(costOf(all, usage)).toBe(100 + 50 + 500);
    const hour = { ...usage, parts: { hourCacheWriteTokens: 40 } };
    expect(costOf(all, hour)).toBe(100 + 50 + 800);
  });

  test('is never negative, whatever a vendor counts', () => {
    const counts = fc.nat({ max: 1_000_000 });
    const usage = fc.record({
      inputTokens: counts,
      outputTokens: counts,
      cachedTokens: counts,
      reasoningTokens: counts,
      cacheWriteTokens: counts,
    });
    const tariff = tariffOf({ input_mtok: 3, output_mtok: 15, cache_read_mtok: 0.3 });
    fc.assert(fc.property(usage, (one) => costOf(tariff, one) >= 0));
  });

  test('is what an operator says, where one does', () => {
    const usage = usageOf({ inputTokens: 1_000, cachedTokens: 400, outputTokens: 100 });
    const price = { inputMicroUsd: 2_000_000, outputMicroUsd: 8_000_000 };
    expect(costOf(tariffOfOverride(price), usage)).toBe(2_800);
    const withCache = tariffOfOverride({ ...price, cachedMicroUsd: 500_000 });
    expect(costOf(withCache, usage)).toBe(1_200 + 200 + 800);
  });
});

describe('A quote', () => {
  const text = usageOf({ inputTokens: 1_000_000, outputTokens: 0 });
  const quoted = (id: string, baseUrl: string, model: string, at = atMs) =>
    quoteOf({ id, baseUrl }, model, at)?.costOf(text);

  test('is found by a provider’s address before its name', () => {
    const groq = quoted('fast', 'https://api.groq.com/openai/v1', 'llama-3.3-70b-versatile');
    expect(groq).toBe(590_000);
    expect(quoted('groq', 'http://127.0.0.1:9/v1', 'llama-3.3-70b-versatile')).toBe(590_000);
    expect(quoted('openai', 'https://api.groq.com/openai/v1', 'gpt-4o')).toBeUndefined();
    expect(quoted('mine', 'https://me.openai.azure.com/openai/v1', 'gpt-4o')).toBe(2_500_000);
    const router = quoted('openai', 'https://openrouter.ai/api/v1', 'openai/gpt-4o');
    expect(router).toBe(2_500_000);
  });

  test('is found under a vendor’s dated and prefixed names', () => {
    const google = 'https://generativelanguage.googleapis.com';
    expect(quoted('gemini', google, 'models/gemini-2.5-flash')).toBe(300_000);
    expect(quoted('gemini', 'http://127.0.0.1:9', 'gemini-2.5-flash')).toBe(300_000);
    expect(quoted('anthropic', '', 'claude-haiku-4-5-20251001')).toBe(1_000_000);
  });

  test('is not made up for a model or a provider that nobody has prices of', () => {
    expect(quoted('ollama', 'http://127.0.0.1:11434/v1', 'gpt-4o')).toBeUndefined();
    expect(quoted('openai', 'https://api.openai.com/v1', 'no-such-model')).toBeUndefined();
    expect(quoted('openai', 'https://api.openai.com/v1', '')).toBeUndefined();
  });

  test('is not made up for a model that is paid by the hour', () => {
    expect(quoted('openai', 'https://api.openai.com/v1', 'whisper-1')).toBeUndefined();
  });

  test('holds for a minute where the price changes with the hour', () => {
    const night = Date.parse('2026-11-20T20:00:30Z');
    const day = Date.parse('2026-11-20T12:00:30Z');
    const at = (ms: number) =>
      quoteOf({ id: 'deepseek', baseUrl: 'https://api.deepseek.com' }, 'deepseek-chat', ms);
    expect(at(night)?.costOf(text)).not.toBe(at(day)?.costOf(text));
    expect(at(day)).toMatchObject({ fromMs: day - 30_000, beforeMs: day + 30_000 });
  });

  test('cannot change within a minute', () => {
    const constraints = vendors.flatMap((id) =>
      (findProvider({ providerId: id })?.models ?? []).flatMap(({ prices }) =>
        Array.isArray(prices) ? prices.flatMap(({ constraint }) => constraint ?? []) : [],
      ),
    );
    expect(constraints.length).toBeGreaterThan(10);
    for (const constraint of constraints) {
      if (constraint.type === 'start_date') continue;
      expect([constraint.start_time, constraint.end_time].join()).toMatch(/^\S+:00Z,\S+:00Z$/);
    }
  });

  test('prices sound and pictures as the library does', () => {
    const usage = usageOf({
      inputTokens: 1_000,
      outputTokens: 1_400,
      parts: { outputImageTokens: 1_290 },
    });
    const quote = quoteOf({ id: 'gemini', baseUrl: '' }, 'gemini-2.5-flash-image', atMs);
    expect(quote?.costOf(usage)).toBe(300 + 1_290 * 30 + 110 * 2.5);
    const realtime = quoteOf({ id: 'openai', baseUrl: '' }, 'gpt-realtime', atMs);
    const sound = usageOf({
      inputTokens: 500,
      cachedTokens: 100,
      outputTokens: 300,
      parts: { inputAudioTokens: 400, cachedAudioTokens: 100, outputAudioTokens: 250 },
    });
    expect(realtime?.costOf(sound)).toBe(100 * 4 + 300 * 32 + 100 * 0.4 + 50 * 16 + 250 * 64);
    const impossible = { ...sound, parts: { inputAudioTokens: 9_000 } };
    expect(realtime?.costOf(impossible)).toBe(400 * 4 + 100 * 0.4 + 300 * 16);
  });

  test('names the version of the prices', () => {
    expect(bookVersion).toMatch(/^genai-prices \d+\.\d+\.\d+$/);
  });
});
