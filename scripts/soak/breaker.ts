/** A provider goes down for a while: it is served around, and returned to soon after it is back. */
import { clientKey, startGateway } from '../measure/gateway.ts';
import { answer, events, question, streamedQuestion } from '../measure/vendorAnswer.ts';
import { chatPath } from './clients.ts';
import { startEvenRate } from './evenRate.ts';
import { holdsWithin, type Finding } from './finding.ts';
import { controlEvents, withLogOf } from './recorded.ts';
import { openSession, password } from './session.ts';

const perSecond = 50;
const returnedWithinMs = 30_000;
const calmMs = 3_000;
const model = 'soak/model';
/** Where an answer says who gave it. */
const mark = 'gpt-4o-mini-2024-07-18';

export type BreakerOptions = Readonly<{
  /** How long the provider is down. */
  minutes: number;
  onProgress: (line: string) => void;
}>;

/** Who answered: a vendor's name, or what went wrong instead. */
type Served = Readonly<{ startedMs: number; endedMs: number; by: string }>;

/** Refuses connections while it is down. */
function startVendor(name: string) {
  const encoder = new TextEncoder();
  const serve = (port: number) =>
    Bun.serve({
      port,
      hostname: '127.0.0.1',
      async fetch(request) {
        // It is asked for its models too.
        if (request.method === 'GET') return Response.json({ object: 'list', data: [] });
        const { stream } = (await request.json()) as { stream?: boolean };
        await Bun.sleep(10);
        if (!stream) return Response.json(JSON.parse(answer.replace(mark, name)));
        const body = new ReadableStream({
          async start(controller) {
            for (const event of events) {
              controller.enqueue(encoder.encode(event.replace(mark, name)));
              await Bun.sleep(2);
            }
            controller.close();
          },
        });
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
      },
    });
  let server = serve(0);
  const port = server.port ?? 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    down: () => server.stop(true),
    up() {
      server = serve(port);
    },
  };
}

async function ask(port: number, isStream: boolean): Promise<Served> {
  const startedMs = performance.now();
  const served = (by: string): Served => ({ startedMs, endedMs: performance.now(), by });
  try {
    const response = await fetch(`http://127.0.0.1:${port}${chatPath}`, {
      method: 'POST',
      body: (isStream ? streamedQuestion : question).replace('gpt-4o-mini', model),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` },
    });
    const text = await response.text();
    if (response.status !== 200) return served(`${response.status} ${text.slice(0, 200)}`);
    if (isStream && !text.includes('data: [DONE]')) return served('cut');
    return served(/"model":"([^"]+)"/.exec(text)?.[1] ?? 'nobody');
  } catch (error) {
    return served(String(error));
  }
}

/** A route to the main provider first, and then to a spare one. */
async function defineRoute(port: number, spareUrl: string): Promise<void> {
  const { done } = await openSession(port);
  await done('POST', '/api/providers', { name: 'spare', dialect: 'openai', base_url: spareUrl });
  await done('POST', '/api/provider-keys', {
    provider: 'spare',
    key: 'sk-soak-spare-000000000000',
  });
  const targets = ['openai', 'spare'].map((provider) => ({ provider, model: 'gpt-4o-mini' }));
  await done('POST', '/api/models', { name: model, strategy: 'fallback', targets });
}

type Times = Readonly<{ downMs: number; upMs: number; returnedMs: number | undefined }>;

function findings(served: readonly Served[], times: Times, breaker: string): Finding[] {
  const { downMs, upMs, returnedMs = Number.NaN } = times;
  const during = served.filter(({ startedMs }) => startedMs > downMs && startedMs < upMs);
  const atTheFall = served.filter((one) => one.startedMs <= downMs && one.endedMs > downMs);
  const later = served.filter(({ startedMs }) => startedMs > downMs);
  const isServed = ({ by }: Served) => by === 'main' || by === 'spare';
  const bad = later.filter((one) => !isServed(one));
  const afterwards = served.filter(({ startedMs }) => startedMs > returnedMs);
  const byMain = afterwards.filter(({ by }) => by === 'main').length;
  const cut = atTheFall.filter((one) => !isServed(one)).length;
  return [
    {
      what: `a provider that is down for ${((upMs - downMs) / 1_000).toFixed(0)} s is served around`,
      found: `${during.filter(isServed).length} of ${during.length} served; failed since it went down: ${bad.length} ${bad[0]?.by ?? ''}; of ${atTheFall.length} that were under way when it went, ${cut} were cut`,
      isKept: bad.length === 0 && during.length > 0,
    },
    {
      what: `it is returned to within ${returnedWithinMs / 1_000} s of its recovery`,
      found: `${((returnedMs - upMs) / 1_000).toFixed(1)} s; ${breaker}`,
      isKept: returnedMs - upMs <= returnedWithinMs,
    },
    {
      what: 'from then on it serves',
      found: `${byMain} of ${afterwards.length}`,
      isKept: byMain > 0 && byMain >= afterwards.length * 0.95,
    },
  ];
}

/** How often its breaker opened, was half open and closed. */
async function breakerFacts(dataDir: string): Promise<string> {
  const stored = await withLogOf(dataDir, controlEvents);
  const counts = Map.groupBy(
    stored.filter(({ actor }) => actor.kind === 'breaker'),
    ({ type }) => type,
  );
  return [...counts].map(([type, facts]) => `${facts.length} x ${type}`).join(', ');
}

export async function breakerSection({ minutes, onProgress }: BreakerOptions): Promise<Finding[]> {
  const main = startVendor('main');
  const spare = startVendor('spare');
  try {
    const gateway = await startGateway({
      OPENAI_API_KEYS: 'sk-soak-main-0000000000000,sk-soak-main-1111111111111',
      OPENAI_BASE_URL: main.baseUrl,
      MIDDLEWARE_PASSWORD: password,
    });
    try {
      await defineRoute(gateway.port, spare.baseUrl);
      const served: Served[] = [];
      const load = startEvenRate(perSecond, async (number) => {
        served.push(await ask(gateway.port, number % 2 === 0));
      });
      await Bun.sleep(calmMs);
      await main.down();
      const downMs = performance.now();
      onProgress('the provider is down');
      await Bun.sleep(minutes * 60_000);
      main.up();
      const upMs = performance.now();
      onProgress('the provider is back');
      const firstAgain = () => served.find((one) => one.by === 'main' && one.endedMs > upMs);
      await holdsWithin(2 * returnedWithinMs, () => firstAgain() !== undefined);
      onProgress('the provider is asked again');
      await Bun.sleep(calmMs);
      await load.stop();
      const times = { downMs, upMs, returnedMs: firstAgain()?.endedMs };
      return findings(served, times, await breakerFacts(gateway.dataDir));
    } finally {
      await gateway.stop();
    }
  } finally {
    await main.down();
    await spare.down();
  }
}
