/** Numbers for Prometheus: counted in plain maps while requests pass, rendered when somebody asks. */
import type { Metric } from 'prom-client';
import type { RequestFinished, TrafficEvent } from '../../events/traffic.ts';
import { createCounters, createHistogram, type Sample } from './counters.ts';
import { createToolMetrics } from './toolMetrics.ts';

/** A family whose values are read at the scrape. */
export type Family = Readonly<{
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: () => Sample[] | Promise<Sample[]>;
}>;

export type Metrics = Readonly<{
  /** Counts a proxied request, or a call of a tool. */
  count(event: TrafficEvent): void;
  countManagement(method: string, route: string, status: number, durationMs: number): void;
  /** Adds what others know. */
  add(...families: readonly Family[]): void;
  /** The Prometheus text, and the type that it is sent as. */
  render(): Promise<Readonly<{ text: string; type: string }>>;
}>;

const durationBoundsS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
/** The bounds that OpenTelemetry's GenAI conventions name. */
const tokenBounds = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
  67_108_864,
];

/** Model names come from callers; beyond so many they count together. */
const maxModels = 200;
const otherModels = '_other';

export function createMetrics(labels: Readonly<Record<string, string>>): Metrics {
  const families: Family[] = [];
  const requests = createCounters('method', 'route', 'status');
  const durations = createHistogram('http_request_duration_seconds', durationBoundsS, 'route');
  const attempts = createCounters('provider', 'verdict');
  const outcomes = createCounters('outcome');
  const model = ['gen_ai_provider_name', 'gen_ai_request_model'] as const;
  const tokens = createHistogram(
    'gen_ai_client_token_usage',
    tokenBounds,
    ...model,
    'gen_ai_token_type',
  );
  const operations = createHistogram(
    'gen_ai_client_operation_duration_seconds',
    durationBoundsS,
    ...model,
  );
  const firstTokens = createHistogram(
    'gen_ai_server_time_to_first_token_seconds',
    durationBoundsS,
    ...model,
  );
  const tools = createToolMetrics();
  const models = new Set<string>();

  /** Only what a vendor answered for is a model; anything else is a caller's words. */
  const modelLabel = (model: string): string => {
    if (models.has(model)) return model;
    if (models.size >= maxModels) return otherModels;
    models.add(model);
    return model;
  };

  const countHttp = (method: string, route: string, status: number, durationMs: number) => {
    requests.add(1, method, route, status);
    durations.observe(durationMs / 1_000, route);
  };

  const countGenAi = (data: RequestFinished['data']) => {
    const { usage, provider, durationMs, streamed, firstByteMs } = data;
    const named = modelLabel(data.model);
    operations.observe(durationMs / 1_000, provider, named);
    if (streamed) firstTokens.observe(firstByteMs / 1_000, provider, named);
    if (!usage) return;
    tokens.observe(usage.inputTokens, provider, named, 'input');
    tokens.observe(usage.outputTokens, provider, named, 'output');
  };

  const countTraffic = (event: TrafficEvent) => {
    if (event.type === 'ToolCalled') return tools.count(event);
    if (event.type !== 'RequestFinished') return;
    const { data } = event;
    const { method, route, status, durationMs, outcome } = data;
    countHttp(method, route, status, durationMs);
    outcomes.add(1, outcome);
    for (const { provider, verdict } of data.attempts) attempts.add(1, provider, verdict);
    if (data.model !== '' && status < 400) countGenAi(data);
  };

  families.push(
    {
      name: 'http_requests_total',
      help: 'Requests by method, route template and status',
      type: 'counter',
      samples: requests.samples,
    },
    {
      name: 'http_request_duration_seconds',
      help: 'From the first byte in to the last byte out',
      type: 'histogram',
      samples: durations.samples,
    },
    {
      name: 'signalbox_attempts_total',
      help: "Attempts at vendors by provider and the judge's verdict",
      type: 'counter',
      samples: attempts.samples,
    },
    {
      name: 'signalbox_proxied_requests_total',
      help: 'Proxied requests by outcome',
      type: 'counter',
      samples: outcomes.samples,
    },
    {
      name: 'gen_ai_client_token_usage',
      help: 'Tokens per request, by type (OpenTelemetry gen_ai.client.token.usage)',
      type: 'histogram',
      samples: tokens.samples,
    },
    {
      name: 'gen_ai_client_operation_duration_seconds',
      help: 'Successful calls of a model (OpenTelemetry gen_ai.client.operation.duration)',
      type: 'histogram',
      samples: operations.samples,
    },
    {
      name: 'gen_ai_server_time_to_first_token_seconds',
      help: 'To the first byte of a stream (OpenTelemetry gen_ai.server.time_to_first_token)',
      type: 'histogram',
      samples: firstTokens.samples,
    },
    ...tools.families,
  );

  return {
    count: countTraffic,
    countManagement: (method, route, status, durationMs) =>
      countHttp(method, route.replaceAll(/:(\w+)/g, '{$1}'), status, durationMs),
    add: (...more) => void families.push(...more),
    async render() {
      // Loaded by the first scrape: it takes its time, and many gateways are never scraped.
      const { Registry } = await import('prom-client');
      const registry = new Registry();
      registry.setDefaultLabels(labels);
      for (const { name, help, type, samples } of families) {
        const get = async () => ({ name, help, type, aggregator: 'sum', values: await samples() });
        // The registry asks no more of a metric than its values; they live outside of prom-client.
        registry.registerMetric({ name, get } as unknown as Metric);
      }
      return { text: await registry.metrics(), type: registry.contentType };
    },
  };
}
