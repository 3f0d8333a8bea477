/** What the console asks of providers and of model routes. */
import { answerOf, api } from './api.ts';

type Dialect = 'openai' | 'anthropic' | 'gemini';
type Auth = 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key' | 'none';
export type ProviderBody = Readonly<{
  name: string;
  dialect: Dialect;
  base_url: string;
  auth: Auth;
}>;

const provider = (id: string) => api.providers({ id });

export const providers = {
  add: (body: ProviderBody & Readonly<{ id?: string }>) => answerOf(api.providers.post(body)),
  change: (id: string, changes: Partial<ProviderBody>) => answerOf(provider(id).patch(changes)),
  wake: (id: string) => answerOf(provider(id).wake.post()),
  resetBreaker: (id: string) => answerOf(provider(id)['reset-breaker'].post()),
  /** With its keys, where `force` says so. */
  remove: (id: string, force: boolean) => answerOf(provider(id).delete({}, { query: { force } })),
};

export type TargetBody = Readonly<{
  provider: string;
  model: string;
  weight: number;
  context_length: number | null;
}>;
/** Null takes away. */
export type RouteBody = Readonly<{
  strategy: 'fallback' | 'weighted';
  targets: TargetBody[];
  context_length: number | null;
  price: Readonly<{
    input_micro_usd: number;
    output_micro_usd: number;
    cached_micro_usd: number | null;
  }> | null;
  limits: Record<string, number> | null;
  resume: boolean;
  record_bodies: boolean;
}>;

const route = (id: string) => api.models({ id });

export const modelRoutes = {
  add: (body: RouteBody & Readonly<{ name: string }>) => answerOf(api.models.post(body)),
  change: (id: string, changes: Partial<RouteBody>) => answerOf(route(id).patch(changes)),
  remove: (id: string) => answerOf(route(id).delete()),
};
