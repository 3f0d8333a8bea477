/** Puts the cost on a finished request, once, before it is written: whoever reads it later finds the price of then. */
import type { PriceOverride } from '../../events/modelRoute.ts';
import type { RequestFinished, TrafficEvent, Usage } from '../../events/traffic.ts';
import { createCounters } from '../metrics/counters.ts';
import type { Family } from '../metrics/metrics.ts';
import type { ModelRoute } from '../modelRoutes/modelRoutes.ts';
import type { Provider } from '../proxy/providers.ts';
import { bookVersion, quoteOf, type Quote } from './priceBook.ts';
import { costOf, tariffOfOverride, type Tariff } from './rates.ts';

type Request = RequestFinished['data'];

/** What is paid for a request; both null where nobody knows. */
export type Cost = { costMicroUsd: number | null; priceVersion: string | null };

export type Pricing = Readonly<{
  /** Writes the cost into events, which nobody else has read yet, and counts it. */
  price(events: readonly TrafficEvent[]): void;
  /** The price that an operator set for the request's model route counts before the public one. */
  priceOf(request: Request): Cost;
  families: readonly Family[];
}>;

type Priced = Pick<Provider, 'id' | 'baseUrl'>;

type Options = Readonly<{
  providers: Readonly<{ get(id: string): Priced | undefined }>;
  modelRoutes: Readonly<{ named(name: string): Routed | undefined }>;
}>;
type Routed = Pick<ModelRoute, 'price'>;

/** Model names come from callers: beyond so many of a provider the oldest are looked up again. */
const maxModels = 2_000;

/** Answers that cost nothing: they count or judge, and do not generate. */
const free = new Set([
  '/v1/messages/count_tokens',
  '/v1/moderations',
  '/v1/responses/input_tokens',
  '/v1/models/{model}:countTokens',
  '/v1beta/models/{model}:countTokens',
]);

/** No vendor answered, or not with something that is paid for. A request that names no model generates nothing. */
function isUnbilled({ method, route, attempts, model }: Request): boolean {
  const isAnswered = attempts.at(-1)?.verdict === 'ok';
  return !isAnswered || model === '' || method !== 'POST' || free.has(route);
}

/** A route's price may change any time: the version says it whole. */
function versionOf(name: string, price: PriceOverride): string {
  const { inputMicroUsd: input, outputMicroUsd: output, cachedMicroUsd: cached = input } = price;
  return `model route ${name}: ${input} in, ${cached} cached, ${output} out`;
}

const nothing: Readonly<Cost> = { costMicroUsd: 0, priceVersion: null };
const unknown: Readonly<Cost> = { costMicroUsd: null, priceVersion: null };

export function createPricing({ providers, modelRoutes }: Options): Pricing {
  // By the provider as it is now: one that was changed is another object, and is looked up anew.
  const quotes = new WeakMap<Priced, Map<string, Quote | null>>();
  const own = new WeakMap<PriceOverride, Readonly<{ tariff: Tariff; version: string }>>();
  const costs = createCounters('gen_ai_provider_name', 'gen_ai_request_model');
  let unpriced = 0;

  const quotesOf = (provider: Priced): Map<string, Quote | null> => {
    let known = quotes.get(provider);
    if (!known) quotes.set(provider, (known = new Map()));
    return known;
  };

  /** The one before: a request is often like it, and to compare is less than to look up. */
  let last: Readonly<{ provider: Priced; model: string; quote: Quote | null }> | undefined;
  const holds = (quote: Quote | null, atMs: number): boolean =>
    quote === null || (atMs >= quote.fromMs && atMs < quote.beforeMs);

  const quoteFor = (provider: Priced, model: string, atMs: number): Quote | null => {
    if (last?.provider === provider && last.model === model && holds(last.quote, atMs)) {
      return last.quote;
    }
    const quote = quoteIn(quotesOf(provider), provider, model, atMs);
    last = { provider, model, quote };
    return quote;
  };

  const quoteIn = (
    known: Map<string, Quote | null>,
    provider: Priced,
    model: string,
    atMs: number,
  ): Quote | null => {
    const kept = known.get(model);
    if (kept !== undefined && holds(kept, atMs)) return kept;
    const [oldest] = known.size >= maxModels ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    const quote = quoteOf(provider, model, atMs) ?? null;
    known.set(model, quote);
    return quote;
  };

  const ownCost = (usage: Usage, name: string, price: PriceOverride): Cost => {
    let known = own.get(price);
    if (!known) {
      known = { tariff: tariffOfOverride(price), version: versionOf(name, price) };
      own.set(price, known);
    }
    return { costMicroUsd: costOf(known.tariff, usage), priceVersion: known.version };
  };

  const priceOf = (request: Request): Cost => {
    const { usage, modelRoute } = request;
    if (!usage) return isUnbilled(request) ? nothing : unknown;
    const price = modelRoute ? modelRoutes.named(modelRoute)?.price : undefined;
    if (modelRoute && price) return ownCost(usage, modelRoute, price);
    // Who really answered, under the name that the vendor knows.
    const { provider: id, model } = request.attempts.at(-1) ?? request;
    const provider = providers.get(id) ?? { id, baseUrl: '' };
    const quote = quoteFor(provider, model, request.startedAtMs);
    if (!quote) return unknown;
    return { costMicroUsd: quote.costOf(usage), priceVersion: bookVersion };
  };

  const count = ({ attempts, provider, model }: Request, costMicroUsd: number) => {
    const answered = attempts.at(-1);
    const by = answered?.provider ?? provider;
    const named = answered?.model ?? model;
    costs.add(costMicroUsd, by, named);
  };

  /** In place: 20,000 a second are not copied. */
  const price = (request: Request) => {
    if (request.costMicroUsd !== null) return;
    const cost = priceOf(request);
    const written: Cost = request;
    written.costMicroUsd = cost.costMicroUsd;
    written.priceVersion = cost.priceVersion;
    if (cost.costMicroUsd === null) unpriced += 1;
    else if (cost.costMicroUsd > 0) count(request, cost.costMicroUsd);
  };

  return {
    priceOf,
    price(events) {
      for (const { type, data } of events) if (type === 'RequestFinished') price(data);
    },
    families: [
      {
        name: 'signalbox_cost_usd_total',
        help: 'Cost of the requests whose price is known, in US dollars',
        type: 'counter',
        samples: () =>
          costs.samples().map((sample) => ({ ...sample, value: sample.value / 1_000_000 })),
      },
      {
        name: 'signalbox_unpriced_requests_total',
        help: 'Answered requests whose price or usage is not known',
        type: 'counter',
        samples: () => [{ labels: {}, value: unpriced }],
      },
    ],
  };
}
