/** Two gateways on one log are started anew, one after the other, under load: no client notices. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { startBalancer } from '../support/balancer.ts';
import { finishedRequests, requestId } from '../support/factsOf.ts';
import {
  launchAt,
  newPlace,
  startSharedLog,
  type Launched,
  type Place,
  type SharedLog,
} from '../support/launched.ts';
import { answers, bodies, plainPaths } from '../support/proxied.ts';
import { streamOf } from '../support/shortStreams.ts';
import { until } from '../support/until.ts';
import { startVendor, type Vendor } from '../support/vendor.ts';

const perSecond = 200;
const whole = streamOf('openai').whole;

let shared: SharedLog;
let vendor: Vendor;
let env: Readonly<Record<string, string>>;
const places: Place[] = [];
const boxes: Launched[] = [];

beforeAll(async () => {
  shared = await startSharedLog();
  // As long as a short answer takes, so that some are always under way.
  vendor = await startVendor(async ({ body }, reply) => {
    await Bun.sleep(30);
    if (!body.includes('"stream":true')) return reply.json(200, answers.openai);
    reply.begin();
    await reply.chunk(whole.slice(0, 600));
    await Bun.sleep(50);
    await reply.chunk(whole.slice(600));
    return reply.end();
  });
  env = { ...shared.env, OPENAI_API_KEYS: 'sk-one', OPENAI_BASE_URL: `${vendor.url}/v1` };
  places.push(await newPlace(), await newPlace());
  boxes.push(...(await Promise.all(places.map((place) => launchAt(place, env)))));
}, 60_000);
afterAll(async () => {
  for (const place of places) place.remove();
  await vendor.stop();
  await shared.stop();
});

test('at 200 requests a second none fails, and each is recorded', async () => {
  const balancer = startBalancer(boxes.map(({ url }) => url));
  const failures: string[] = [];
  const ids: string[] = [];
  const underWay = new Set<Promise<void>>();

  const askOnce = async (streamed: boolean): Promise<void> => {
    try {
      const answer = await balancer.send(plainPaths.openai, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...bodies.openai, ...(streamed && { stream: true }) }),
      });
      const text = await answer.text();
      ids.push(requestId(answer));
      if (answer.status !== 200) failures.push(`${answer.status} ${text}`);
      else if (streamed && text !== whole) failures.push(`a stream of ${text.length} characters`);
    } catch (error) {
      failures.push(String(error));
    }
  };
  const startedMs = performance.now();
  let sent = 0;
  const load = setInterval(() => {
    // A late timer is made up for: it is the rate that counts.
    const due = Math.floor(((performance.now() - startedMs) / 1_000) * perSecond);
    for (; sent < due; sent++) {
      const asked = askOnce(sent % 2 === 0).finally(() => underWay.delete(asked));
      underWay.add(asked);
    }
  }, 5);

  const more = (requests: number): Promise<void> => {
    const enough = sent + requests;
    return until(`${requests} more requests`, () => sent >= enough);
  };
  for (const [at, place] of places.entries()) {
    await more(100);
    boxes[at]?.signal('SIGTERM');
    expect(await boxes[at]?.ended).toBe(0);
    const again = await launchAt(place, env);
    boxes[at] = again;
    await until('the new one is asked', () => balancer.isReady(again.url));
  }
  await more(100);
  clearInterval(load);
  const perSecondSent = sent / ((performance.now() - startedMs) / 1_000);
  await Promise.all(underWay);
  balancer.stop();

  expect(failures).toEqual([]);
  expect(perSecondSent).toBeGreaterThan(perSecond * 0.8);
  for (const count of balancer.chosen.values()) expect(count).toBeGreaterThan(perSecond);
  await until('all are in the log', async () => {
    const recorded = new Map(
      (await finishedRequests(shared)).map(({ id, data }) => [String(id), data.outcome]),
    );
    return ids.every((id) => recorded.get(id) === 'completed');
  });
  expect(new Set(ids).size).toBe(sent);
}, 60_000);
