/** SIGTERM to a whole Signalbox: it says that it goes, finishes what it can, and tells whom it cannot finish. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { finishedRequests, requestId } from '../support/factsOf.ts';
import {
  launchAt,
  newPlace,
  startSharedLog,
  type Launched,
  type Place,
  type SharedLog,
} from '../support/launched.ts';
import { processesWith } from '../support/processes.ts';
import { answers, bodies, plainPaths, streamPaths, type Dialect } from '../support/proxied.ts';
import { streamOf } from '../support/shortStreams.ts';
import { until } from '../support/until.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

const dialects: Dialect[] = ['openai', 'anthropic', 'gemini'];
const drainGraceMs = 3_000;
const drainMs = 2_500;

let shared: SharedLog;
let vendor: Vendor;
let place: Place;
let box: Launched;
const held = new Map<string, () => void>();

const post = (path: string, body: unknown, does: string): Promise<Response> =>
  fetch(`${box.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-does': does },
    body: JSON.stringify(body),
  });
const plain = (dialect: Dialect, does: string) => post(plainPaths[dialect], bodies[dialect], does);
const stream = (dialect: Dialect, does: string) =>
  post(
    streamPaths[dialect],
    { ...bodies[dialect], ...(dialect !== 'gemini' && { stream: true }) },
    does,
  );
const api = (method: string, path: string, body?: object) =>
  fetch(`${box.url}${path}`, {
    method,
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
const asked = (does: string) =>
  vendor.arrived.filter(({ headers }) => headers.get('x-does') === does).length;

beforeAll(async () => {
  shared = await startSharedLog();
  vendor = await startVendor(async ({ headers, path }, reply) => {
    const dialect =
      dialects.find((one) => path.includes(one === 'gemini' ? 'models' : plainPaths[one])) ??
      'openai';
    const does = headers.get('x-does') ?? 'answer';
    const { bytes, firstEnds } = streamOf(dialect);
    const release = () =>
      new Promise<void>((resolve) => {
        held.set(does, resolve);
      });
    if (does === 'answer') return reply.json(200, answers[dialect]);
    if (does === 'answer-late') {
      await release();
      return reply.json(200, answers[dialect]);
    }
    if (does === 'never-answer') return undefined;
    reply.begin();
    await reply.chunk(bytes.subarray(0, firstEnds));
    if (does === 'never-end') return undefined;
    await release();
    await reply.chunk(bytes.subarray(firstEnds));
    return reply.end();
  });
  place = await newPlace();
  box = await launchAt(place, {
    ...shared.env,
    OPENAI_API_KEYS: 'sk-one',
    ANTHROPIC_API_KEYS: 'sk-two',
    GEMINI_API_KEYS: 'sk-three',
    OPENAI_BASE_URL: `${vendor.url}/v1`,
    ANTHROPIC_BASE_URL: vendor.url,
    GEMINI_BASE_URL: vendor.url,
  });
}, 60_000);
afterAll(async () => {
  place.remove();
  await vendor.stop();
  await shared.stop();
});

test('what is under way is finished or told, all of it is recorded, and the exit is 0', async () => {
  for (const [name, value] of Object.entries({
    drain_grace_ms: drainGraceMs,
    drain_ms: drainMs,
  }))
    expect((await api('PATCH', `/api/settings/${name}`, { value })).status).toBe(200);

  const live = await api('GET', '/api/live');
  const late = plain('openai', 'answer-late');
  const never = plain('anthropic', 'never-answer');
  const ending = await stream('openai', 'end-late');
  const endless = await Promise.all(dialects.map((dialect) => stream(dialect, 'never-end')));
  await until('the vendor has them', () => asked('answer-late') + asked('never-answer') === 2);

  const startedMs = performance.now();
  box.signal('SIGTERM');

  let ready = await api('GET', '/ready');
  await until('it says that it goes', async () => {
    ready = await api('GET', '/ready');
    return ready.status !== 200;
  });
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('draining');
  expect(ready.headers.get('connection')).toBe('close');
  // Balancers that have not asked yet still send requests.
  const during = await plain('gemini', 'answer');
  expect(during.status).toBe(200);
  expect(during.headers.get('connection')).toBe('close');

  held.get('answer-late')?.();
  const lateAnswer = await late;
  expect(lateAnswer.status).toBe(200);
  expect(lateAnswer.headers.get('connection')).toBe('close');
  expect(await lateAnswer.json()).toEqual(answers.openai);

  // The live stream ends with the grace, and nobody new is let in from then on.
  await live.text();
  expect(performance.now() - startedMs).toBeGreaterThan(drainGraceMs - 100);
  held.get('end-late')?.();
  expect(await ending.text()).toBe(streamOf('openai').whole);
  const refused: unknown = await api('GET', '/ready').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });

  for (const [index, answer] of endless.entries()) {
    const dialect = dialects[index] ?? 'openai';
    const { bytes, firstEnds } = streamOf(dialect);
    const text = await answer.text();
    expect(text).toStartWith(bytes.subarray(0, firstEnds).toString());
    expect(text).toContain('"error"');
    expect(text).toContain('is not complete: the gateway is being stopped');
  }
  const neverAnswered = await never;
  expect(neverAnswered.status).toBe(503);
  expect(neverAnswered.headers.get('retry-after')).toBe('1');
  expect(await neverAnswered.json()).toMatchObject({
    type: 'error',
    error: { message: expect.stringContaining('being stopped') },
  });

  expect(await box.ended).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(drainGraceMs + drainMs + 4_000);
  expect(processesWith(place.folder)).toEqual([]);

  const recorded = new Map(
    (await finishedRequests(shared)).map(({ id, data }) => [id as string, data]),
  );
  const outcomeOf = (answer: Response) => recorded.get(requestId(answer))?.outcome;
  expect([during, lateAnswer, ending].map(outcomeOf)).toEqual([
    'completed',
    'completed',
    'completed',
  ]);
  expect(endless.map(outcomeOf)).toEqual(['truncated', 'truncated', 'truncated']);
  expect(outcomeOf(neverAnswered)).toBe('failed');
  // Each of them once, and nothing else.
  expect(recorded.size).toBe(7);
}, 60_000);
