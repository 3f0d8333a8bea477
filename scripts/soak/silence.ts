/** Vendors that take very long, with limits set that high while the gateway runs: what they say at last arrives. */
import { clientKey, startGateway } from '../measure/gateway.ts';
import { answer, events, question, streamedQuestion } from '../measure/vendorAnswer.ts';
import { chatPath, requestIdOf } from './clients.ts';
import { holdsWithin, type Finding } from './finding.ts';
import { recordedTraffic, withLogOf } from './recorded.ts';
import { openSession, password } from './session.ts';

const silentShare = 0.6;
const recordedWithinMs = 10_000;
const caseHeader = 'x-soak-case';
const comment = /^:.*\n\n/gm;

const cases = ['late stream', 'late answer', 'stream with a silence'] as const;
type Case = (typeof cases)[number];
type Waits = Readonly<{ firstByteMs: number; silentMs: number }>;

export type SilenceOptions = Readonly<{
  /** To the first byte; a stream is silent for six tenths of it. */
  minutes: number;
  onProgress: (line: string) => void;
}>;

function startSlowVendor({ firstByteMs, silentMs }: Waits) {
  const encoder = new TextEncoder();
  const half = events.length / 2;
  const stream = (pauseMs: number) =>
    new Response(
      new ReadableStream({
        async start(controller) {
          for (const [at, event] of events.entries()) {
            if (at === half) await Bun.sleep(pauseMs);
            controller.enqueue(encoder.encode(event));
          }
          controller.close();
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );
  return Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const which = request.headers.get(caseHeader);
      if (which === 'stream with a silence') return stream(silentMs);
      await Bun.sleep(firstByteMs);
      return which === 'late stream' ? stream(0) : Response.json(JSON.parse(answer));
    },
  });
}

type Arrived = Readonly<{ which: Case; requestId: string; tookMs: number; trouble: string }>;

async function ask(port: number, which: Case): Promise<Arrived> {
  const isStream = which !== 'late answer';
  const startMs = performance.now();
  const arrived = (requestId: string, trouble: string): Arrived => ({
    which,
    requestId,
    tookMs: performance.now() - startMs,
    trouble,
  });
  try {
    const init = {
      method: 'POST',
      body: isStream ? streamedQuestion : question,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${clientKey}`,
        [caseHeader]: which,
      },
      // Bun would give up after five minutes. Not in its types.
      timeout: false,
    };
    const response = await fetch(`http://127.0.0.1:${port}${chatPath}`, init);
    const text = await response.text();
    const isWhole = text.replaceAll(comment, '') === (isStream ? events.join('') : answer);
    return arrived(
      requestIdOf(response),
      isWhole && response.status === 200 ? '' : `${response.status} ${text.slice(-300)}`,
    );
  } catch (error) {
    return arrived('', String(error));
  }
}

/** Each waits no longer than twice what it takes. */
async function setLimits(port: number, { firstByteMs, silentMs }: Waits): Promise<void> {
  const session = await openSession(port);
  const limits = {
    first_event_ms: 2 * firstByteMs,
    plain_ms: 2 * firstByteMs,
    deadline_ms: 2 * firstByteMs,
    stall_ms: 2 * silentMs,
  };
  for (const [name, value] of Object.entries(limits))
    await session.done('PATCH', `/api/settings/${name}`, { value: Math.round(value) });
}

export async function silenceSection({ minutes, onProgress }: SilenceOptions): Promise<Finding[]> {
  const waits: Waits = { firstByteMs: minutes * 60_000, silentMs: minutes * silentShare * 60_000 };
  const waitOf = (which: Case) =>
    which === 'stream with a silence' ? waits.silentMs : waits.firstByteMs;
  const vendor = startSlowVendor(waits);
  try {
    const gateway = await startGateway({
      OPENAI_API_KEYS: 'sk-soak-key-00000000000000000000',
      OPENAI_BASE_URL: `http://127.0.0.1:${vendor.port}/v1`,
      MIDDLEWARE_PASSWORD: password,
    });
    try {
      await setLimits(gateway.port, waits);
      const all = await Promise.all(
        cases.map(async (which) => {
          const arrived = await ask(gateway.port, which);
          onProgress(`${which}: after ${(arrived.tookMs / 1_000).toFixed(1)} s`);
          return arrived;
        }),
      );
      let outcomes: ReadonlyMap<string, string> = new Map();
      await holdsWithin(recordedWithinMs, async () => {
        ({ outcomes } = await withLogOf(gateway.dataDir, recordedTraffic));
        return all.every(({ requestId }) => outcomes.has(requestId));
      });
      return all.map(({ which, requestId, tookMs, trouble }) => {
        const outcome = outcomes.get(requestId) ?? 'not recorded';
        const hasWaited = tookMs >= waitOf(which);
        return {
          what: `${which}: ${(waitOf(which) / 60_000).toFixed(1)} minutes, and then it arrives`,
          found: `${trouble || 'whole'} after ${(tookMs / 1_000).toFixed(1)} s, in the log as ${outcome}`,
          isKept: trouble === '' && hasWaited && outcome === 'completed',
        };
      });
    } finally {
      await gateway.stop();
    }
  } finally {
    await vendor.stop(true);
  }
}
