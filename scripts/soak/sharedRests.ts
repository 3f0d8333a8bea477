/** A rest that one gateway learns of is true in another one, of another launcher, on the same log. */
import { clientKey, startGateway, type MeasuredGateway } from '../measure/gateway.ts';
import { spread, type Finding } from './finding.ts';
import type { OutsideNats } from './outside.ts';

const knownWithinMs = 2_000;
const restHeader = 'x-soak-rest';

/** Refuses what asks for it, so that one model rests and no other. */
function startGemini() {
  const refusedAtMs = new Map<string, number>();
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '600s' };
  const status = 'RESOURCE_EXHAUSTED';
  const refusal = { error: { code: 429, message: 'slow down', status, details: [retryInfo] } };
  const answer = {
    candidates: [
      { content: { role: 'model', parts: [{ text: 'Paris.' }] }, finishReason: 'STOP', index: 0 },
    ],
    usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 2, totalTokenCount: 10 },
  };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      if (!request.headers.has(restHeader)) return Response.json(answer);
      const model = /models\/([^:]+):/.exec(request.url)?.[1] ?? '';
      refusedAtMs.set(model, performance.now());
      return Response.json(refusal, { status: 429 });
    },
  });
  return { server, refusedAtMs };
}

const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Which capital?' }] }] });

async function statusOf(port: number, model: string, more: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/v1beta/models/${model}:generateContent`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-goog-api-key': clientKey, ...more },
  });
  await response.bytes();
  return response.status;
}

/** From the vendor's refusal in one gateway until the other one refuses by itself; undefined when it never does. */
async function knownAfterMs(
  one: number,
  other: number,
  model: string,
  refusedAtMs: ReadonlyMap<string, number>,
): Promise<number | undefined> {
  if ((await statusOf(other, model)) !== 200) return undefined;
  const refused = statusOf(one, model, { [restHeader]: '1' });
  const deadlineMs = performance.now() + knownWithinMs;
  let knownAtMs: number | undefined;
  while (knownAtMs === undefined && performance.now() < deadlineMs)
    if ((await statusOf(other, model)) === 429) knownAtMs = performance.now();
  const isRefused = (await refused) === 429;
  return isRefused && knownAtMs !== undefined
    ? knownAtMs - (refusedAtMs.get(model) ?? Number.NaN)
    : undefined;
}

export async function sharedRests(nats: OutsideNats, rests: number): Promise<Finding> {
  const { server, refusedAtMs } = startGemini();
  const env = {
    ...nats.env,
    GEMINI_API_KEYS: 'soak-gemini-key-0000000000000000000000',
    GEMINI_BASE_URL: `http://127.0.0.1:${server.port}`,
  };
  const gateways: MeasuredGateway[] = [];
  try {
    gateways.push(await startGateway(env));
    gateways.push(await startGateway(env));
    const [one = 0, other = 0] = gateways.map(({ port }) => port);
    const timesMs: number[] = [];
    for (let round = 0; round < rests; round++) {
      // In turn, so that both ways are seen.
      const [from, to] = round % 2 === 0 ? [one, other] : [other, one];
      const ms = await knownAfterMs(from, to, `model-${round}`, refusedAtMs);
      if (ms !== undefined) timesMs.push(ms);
    }
    return {
      what: `a rest in one gateway is true in the other within ${knownWithinMs} ms`,
      found: `${timesMs.length} of ${rests}; ${spread(timesMs)}`,
      isKept: timesMs.length === rests,
    };
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await server.stop(true);
  }
}
