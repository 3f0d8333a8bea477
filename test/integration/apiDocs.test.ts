/** What the gateway says about itself: its API, its numbers, and that it cannot work while the log is away. */
import { afterEach, describe, expect, test } from 'bun:test';
import { apiOf, expectProblem } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

let gateway: TestGateway | undefined;
let vendor: Vendor | undefined;
async function started(env: Readonly<Record<string, string>> = {}) {
  gateway = await testGateway({ env });
  return { gateway, api: apiOf(gateway.url) };
}
afterEach(async () => {
  await gateway?.stop();
  await vendor?.stop();
  gateway = vendor = undefined;
});

type Operation = Readonly<{
  summary?: string;
  tags?: string[];
  responses: Record<string, { content?: Record<string, unknown> }>;
}>;

describe('the documentation', () => {
  test('describes every route of the API, with its answers and its refusals', async () => {
    const { gateway: own, api } = await started();
    const { json } = await api('GET', '/docs/json');
    expect(json.openapi).toBe('3.0.3');
    const documented = Object.entries(
      json.paths as Record<string, Record<string, Operation>>,
    ).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const names = documented.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const routes = own
      .app()
      .routes.filter(({ path, method }) => path.startsWith('/api/') && method !== 'ALL')
      .map(({ path, method }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(names).toEqual(expect.arrayContaining(routes));
    for (const { path, method, operation } of documented) {
      const named = `${method} ${path}`;
      expect([named, operation.summary]).toEqual([named, expect.any(String)]);
      expect([named, operation.tags?.length]).toEqual([named, 1]);
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        expect([named, Object.keys(content ?? {})]).toEqual([named, ['application/problem+json']]);
      }
    }
  });

  test('is a page that takes nothing from another host', async () => {
    const { api } = await started();
    const page = await api('GET', '/docs');
    expect(page.headers.get('content-type')).toStartWith('text/html');
    expect(page.headers.get('content-security-policy')).toStartWith("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(page.text).not.toMatch(/https?:|["'(]\/\//);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source);
    expect(sources.length).toBeGreaterThanOrEqual(3);
    for (const source of sources.filter((one) => one?.startsWith('/'))) {
      const { status, text } = await api('GET', String(source));
      expect([source, status, text.length > 50]).toEqual([source, 200, true]);
    }
    expect((await api('GET', '/docs/')).status).toBe(200);
    for (const path of ['/docs/package.json', '/docs/..%2fpackage.json', '/docs/constructor']) {
      expectProblem(await api('GET', path), 404, 'NOT_FOUND');
    }
  });
});

describe('the metrics', () => {
  test('count requests by template, tokens by model, keys by status', async () => {
    vendor = await startVendor((_request, reply) =>
      reply.json(200, {
        choices: [
          { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'x' } },
        ],
        usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 },
      }),
    );
    const { api } = await started({
      OPENAI_API_KEY: 'sk-metrics-0001',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    });
    for (let n = 0; n < 3; n++) {
      await api('POST', '/v1/chat/completions', { model: 'gpt-5', messages: [] });
    }
    await api('GET', '/api/provider-keys/nobody');
    await api('GET', '/nowhere/at/all');
    const { text, headers } = await api('GET', '/metrics');
    expect(headers.get('content-type')).toStartWith('text/plain; version=0.0.4');
    const model = 'gen_ai_provider_name="openai",gen_ai_request_model="gpt-5"';
    for (const line of [
      '# TYPE http_requests_total counter',
      'http_requests_total{method="POST",route="/v1/chat/completions",status="200"} 3',
      'http_requests_total{method="GET",route="/api/provider-keys/{id}",status="404"} 1',
      'http_requests_total{method="GET",route="unknown",status="404"} 1',
      'http_request_duration_seconds_count{route="/v1/chat/completions"} 3',
      'signalbox_attempts_total{provider="openai",verdict="ok"} 3',
      'signalbox_proxied_requests_total{outcome="completed"} 3',
      '# TYPE gen_ai_client_token_usage histogram',
      `gen_ai_client_token_usage_sum{${model},gen_ai_token_type="input"} 33`,
      `gen_ai_client_token_usage_sum{${model},gen_ai_token_type="output"} 15`,
      `gen_ai_client_operation_duration_seconds_count{${model}} 3`,
      'signalbox_provider_keys{provider="openai",status="healthy"} 1',
      'signalbox_log_connected 1',
      'signalbox_spool_bytes 0',
      'signalbox_pending_verdicts 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toMatch(/^signalbox_projection_lag\{stream="CONTROL"\} \d+$/m);
  });
});

describe('while the log is away', () => {
  test('/ready names it, a command is refused with the time to wait, and both recover', async () => {
    const { gateway: own, api } = await started();
    await own.nats.kill9();
    await until('the gateway notices', async () => (await api('GET', '/ready')).status === 503);
    const notReady = await api('GET', '/ready');
    expectProblem(notReady, 503, 'NOT_READY');
    expect(notReady.json.detail).toContain('log');
    expect((await api('GET', '/health')).status).toBe(200);
    expect((await api('GET', '/metrics')).text).toContain('signalbox_log_connected 0');

    const refused = await api('POST', '/api/keys', { name: 'x' });
    expectProblem(refused, 503, 'LOG_UNAVAILABLE');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

    await own.nats.restart();
    await until('it is ready again', async () => (await api('GET', '/ready')).status === 200);
    await until('commands pass again', async () => {
      return (await api('POST', '/api/keys', { name: 'x' })).status === 201;
    });
  });
});
