/** Which cost a finished request gets, and which it does not. */
import { describe, expect, test } from 'bun:test';
import type { Attempt, RequestFinished } from '../../events/traffic.ts';
import { bookVersion } from '../../server/pricing/priceBook.ts';
import { createPricing } from '../../server/pricing/pricing.ts';
import { requestFinished } from '../support/sampleEvents.ts';

type Data = RequestFinished['data'];

const provider = { id: 'openai', baseUrl: 'https://api.openai.com/v1' };
const usage = { inputTokens: 1_000, outputTokens: 100, cachedTokens: 0, reasoningTokens: 0 };
const price = { inputMicroUsd: 1_000_000, outputMicroUsd: 0 };

const attempt = (data: Partial<Attempt> = {}): Attempt => ({
  provider: 'openai',
  keyId: 'key-1',
  model: 'gpt-4o',
  status: 200,
  startedMs: 0,
  durationMs: 1,
  verdict: 'ok',
  ruleId: '',
  error: '',
  ...data,
});
const failed = attempt({ status: 429, verdict: 'rate-limit' });

function setUp() {
  const providers = new Map([['openai', provider]]);
  const routes = new Map([
    ['ours', { price }],
    ['plain', {}],
  ]);
  const modelRoutes = { named: (name: string) => routes.get(name) };
  return { providers, ...createPricing({ providers, modelRoutes }) };
}

const request = (data: Partial<Data>) =>
  requestFinished('/v1/chat/completions', {
    model: 'gpt-4o',
    attempts: [attempt()],
    usage,
    ...data,
  });

/** What is written into the event. */
function costOf(data: Partial<Data>) {
  const event = request(data);
  setUp().price([event]);
  const { costMicroUsd, priceVersion } = event.data;
  return { costMicroUsd, priceVersion };
}

const nothing = { costMicroUsd: 0, priceVersion: null };
const unknown = { costMicroUsd: null, priceVersion: null };

describe('A request', () => {
  test('is priced by the model that answered, with the version of the prices', () => {
    expect(costOf({})).toEqual({ costMicroUsd: 3_500, priceVersion: bookVersion });
    const attempts = [failed, attempt({ model: 'gpt-4o-mini' })];
    expect(costOf({ attempts, model: 'our-model' }).costMicroUsd).toBe(210);
  });

  test('is priced so far where its stream was cut or left', () => {
    for (const outcome of ['truncated', 'cancelled'] as const) {
      expect(costOf({ outcome }).costMicroUsd).toBe(3_500);
    }
  });

  test('of an unknown model has no cost, rather than none', () => {
    expect(costOf({ attempts: [attempt({ model: 'no-such-model' })] })).toEqual(unknown);
    expect(costOf({ attempts: [attempt({ provider: 'ollama' })] })).toEqual(unknown);
  });

  test('whose answer told no usage has no cost', () => {
    expect(costOf({ usage: null, streamed: true })).toEqual(unknown);
  });

  test.each<[string, Partial<Data>]>([
    ['that no vendor answered', { attempts: [], status: 401, outcome: 'failed' }],
    ['that was refused', { attempts: [failed, failed], status: 429, outcome: 'failed' }],
    ['that only reads', { method: 'GET', model: 'gpt-4o' }],
    ['without a model', { model: '' }],
    ['that only counts', { model: 'claude-sonnet-5', route: '/v1/messages/count_tokens' }],
  ])('%s costs nothing', (_, data) => {
    expect(costOf({ usage: null, ...data })).toEqual(nothing);
  });

  test('of a free model costs nothing at a known price', () => {
    const free = attempt({ model: 'omni-moderation-latest' });
    expect(costOf({ attempts: [free] })).toEqual({ costMicroUsd: 0, priceVersion: bookVersion });
  });

  test('is priced by its route where that has a price', () => {
    const ofRoute = { modelRoute: 'ours' };
    const priceVersion = 'model route ours: 1000000 in, 1000000 cached, 0 out';
    const ours = { costMicroUsd: 1_000, priceVersion };
    expect(costOf(ofRoute)).toEqual(ours);
    expect(costOf({ ...ofRoute, attempts: [attempt({ provider: 'ollama' })] })).toEqual(ours);
    expect(costOf({ ...ofRoute, attempts: [failed], status: 429, usage: null })).toEqual(nothing);
    expect(costOf({ modelRoute: 'plain' }).priceVersion).toBe(bookVersion);
  });

  test('that has a cost keeps it', () => {
    expect(costOf({ costMicroUsd: 7, priceVersion: 'of then' })).toEqual({
      costMicroUsd: 7,
      priceVersion: 'of then',
    });
  });
});

describe('Prices', () => {
  test('are looked up anew for a provider that was changed', () => {
    const { providers, priceOf } = setUp();
    const { data } = request({});
    expect(priceOf(data).costMicroUsd).toBe(3_500);
    providers.set('openai', { id: 'openai', baseUrl: 'https://openrouter.ai/api/v1' });
    expect(priceOf(data)).toEqual(unknown);
    providers.delete('openai');
    expect(priceOf(data).costMicroUsd).toBe(3_500);
  });

  test('are kept for a bounded number of names', () => {
    const { priceOf } = setUp();
    for (let index = 0; index < 2_100; index += 1) {
      const { data } = request({ attempts: [attempt({ model: `gpt-4o-${index}` })] });
      priceOf(data);
    }
    expect(priceOf(request({}).data).costMicroUsd).toBe(3_500);
  });

  test('are counted for a scrape, in dollars', async () => {
    const { price: priceAll, families } = setUp();
    const strange = request({ attempts: [attempt({ model: 'no-such-model' })] });
    priceAll([request({}), request({}), request({ usage: null, attempts: [] }), strange]);
    const samples = await Promise.all(families.map((family) => family.samples()));
    expect(samples).toEqual([
      [
        {
          labels: { gen_ai_provider_name: 'openai', gen_ai_request_model: 'gpt-4o' },
          value: 0.007,
        },
      ],
      [{ labels: {}, value: 1 }],
    ]);
  });
});
