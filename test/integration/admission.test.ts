/** A gateway takes so many requests at once: what is too much is told at once, and nothing is counted for ever. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { apiOf } from '../support/api.ts';
import { recordOf } from '../support/factsOf.ts';
import {
  answers,
  answersWell,
  startProxied,
  type Dialect,
  type Proxied,
} from '../support/proxied.ts';
import { streamOf } from '../support/shortStreams.ts';
import { until } from '../support/until.ts';

let gateway: Proxied;
beforeAll(async () => {
  const keys = ['one-key'];
  gateway = await startProxied({
    keys: { openai: keys, anthropic: keys, gemini: keys },
    limits: { maxInFlight: 2, transientPauseMs: 1, attempts: 1 },
  });
});
afterAll(() => gateway.stop());

const inFlight = async (): Promise<number> => {
  const text = await (await fetch(`${gateway.url()}/metrics`)).text();
  return Number(/^signalbox_requests_in_flight (\d+)$/m.exec(text)?.[1]);
};
const noneLeft = () => until('nothing is under way', async () => (await inFlight()) === 0);

test('one too many is told at once, in its dialect, and taken a little later', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  gateway.vendor.does(async (_request, reply) => {
    await released;
    reply.json(200, answers.openai);
  });
  const two = [gateway.ask('openai'), gateway.ask('openai')];
  await until('both are under way', async () => (await inFlight()) === 2);

  const errors: Readonly<Record<Dialect, object>> = {
    openai: { error: { code: 'too_many_requests_in_flight' } },
    anthropic: { type: 'error', error: { type: 'overloaded_error' } },
    gemini: { error: { code: 503, status: 'UNAVAILABLE' } },
  };
  for (const dialect of ['openai', 'anthropic', 'gemini'] as const) {
    const refused = await gateway.ask(dialect);
    // Anthropic has a status of its own for it.
    const status = dialect === 'anthropic' ? 529 : 503;
    expect(refused.status).toBe(status);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject(errors[dialect]);
    expect(await recordOf(gateway, refused)).toMatchObject({ status, outcome: 'failed' });
  }
  // The management side is not counted.
  expect((await fetch(`${gateway.url()}/api/provider-keys`)).status).toBe(200);

  const api = apiOf(gateway.url);
  await api('PATCH', '/api/settings/max_in_flight', { value: 3 });
  const third = gateway.ask('openai');
  await until('three are under way', async () => (await inFlight()) === 3);
  release();
  for (const answer of await Promise.all([...two, third])) expect(answer.status).toBe(200);
  await noneLeft();
});

test('whatever becomes of a request, it is counted out', async () => {
  const { bytes, firstEnds } = streamOf('openai');
  gateway.vendor.does(answersWell);
  await gateway.ask('openai');
  await fetch(`${gateway.url()}/v1/chat/completions`, { method: 'HEAD' });
  await gateway.post('/v1/chat/completions', '{not json');
  await gateway.post('/v1/chat/completions', { model: 'claude-x/none', messages: [] });

  gateway.vendor.does((_request, reply) => reply.reset());
  await gateway.ask('openai');
  gateway.vendor.does(async (_request, reply) => {
    reply.begin();
    await reply.chunk(bytes.subarray(0, firstEnds));
    reply.cut();
  });
  await (await gateway.askStream('openai')).text();

  // Clients that leave: before the answer, in a stream, in a large body.
  const leave = async (how: (signal: AbortSignal) => Promise<Response>) => {
    const abort = new AbortController();
    const answered = how(abort.signal).then((answer) => answer.body?.getReader().read());
    await until('it is under way', async () => (await inFlight()) === 1);
    abort.abort();
    await answered.catch(() => {});
    await noneLeft();
  };
  gateway.vendor.does(() => {});
  await leave((signal) => gateway.ask('openai', {}, { signal }));
  gateway.vendor.does(async (_request, reply) => {
    reply.begin();
    await reply.chunk(bytes.subarray(0, firstEnds));
  });
  await leave((signal) => gateway.askStream('openai', { signal }));
  gateway.vendor.does(async (_request, reply) => {
    reply.begin(200, { 'content-type': 'audio/mpeg' });
    await reply.chunk(new Uint8Array(1_000));
  });
  await leave((signal) => gateway.ask('openai', {}, { signal }));
});
