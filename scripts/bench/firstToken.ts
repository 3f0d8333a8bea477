/** Time to the first event of a stream, through the gateway and without it. */
import { clientKey, startGateway } from '../measure/gateway.ts';
import { median, type Row, type Scale } from './row.ts';
import { events, streamedQuestion } from '../measure/vendorAnswer.ts';

/** Sends the first event at once, the rest a little later. */
function startStreaming() {
  const encoder = new TextEncoder();
  const [first = '', ...others] = events;
  return Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            controller.enqueue(encoder.encode(first));
            await Bun.sleep(2);
            for (const event of others) controller.enqueue(encoder.encode(event));
            controller.close();
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      ),
  });
}

async function firstTokenMs(url: string): Promise<number> {
  const startMs = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    body: streamedQuestion,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` },
  });
  if (!response.body) throw new Error('the stream has no body');
  const reader = response.body.getReader();
  await reader.read();
  const firstMs = performance.now() - startMs;
  while (!(await reader.read()).done);
  return firstMs;
}

export async function firstTokenRows({ isShort }: Scale): Promise<Row[]> {
  const streams = isShort ? 10 : 300;
  const upstream = startStreaming();
  const gateway = await startGateway({
    OPENAI_API_KEYS: 'sk-bench-key-00000000000000000001',
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
  });
  try {
    const direct = `http://127.0.0.1:${upstream.port}/v1/chat/completions`;
    const through = `http://127.0.0.1:${gateway.port}/v1/chat/completions`;
    const times: { direct: number[]; through: number[] } = { direct: [], through: [] };
    for (let index = -Math.ceil(streams / 6); index < streams; index++) {
      const directMs = await firstTokenMs(direct);
      const throughMs = await firstTokenMs(through);
      if (index < 0) continue;
      times.direct.push(directMs);
      times.through.push(throughMs);
    }
    const addedMs = median(times.through) - median(times.direct);
    return [
      {
        what: 'added time to first token, p50',
        measured: `${addedMs.toFixed(2)} ms`,
        hold: '1 ms',
        reach: '0.3 ms',
        isHeld: addedMs <= 1,
      },
    ];
  } finally {
    await gateway.stop();
    await upstream.stop(true);
  }
}
