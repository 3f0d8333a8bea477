/** Who answers for a model route where a request has no room, and where targets share by weight. */
import { describe, expect, test } from 'bun:test';
import { recordOf } from '../support/factsOf.ts';
import { both, fails, nameIn, startRouted } from '../support/routed.ts';
import type { Script } from '../support/vendor.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const start = stoppedAfterEach(startRouted);

const tooLong = fails(
  400,
  "This model's maximum context length is 8192 tokens.",
  'context_length_exceeded',
);
const answeredBy = (answer: Response) => answer.headers.get('x-signalbox-model');

describe('What does not fit into the context', () => {
  const sized = (first?: number, second?: number) =>
    [first, second].map((context_length, index) => ({
      ...both[index],
      ...(context_length !== undefined && { context_length }),
    }));

  test.each([
    ['has more room', sized(8_192, 128_000)],
    ['may have more room', sized(8_192)],
  ])('goes to a target that %s', async (_what, targets) => {
    const gateway = await start();
    gateway.vendor.does(tooLong);
    await gateway.define({ name: 'roomy', targets });
    const answer = await gateway.chat('roomy');
    expect(await nameIn(answer)).toBe('spare');
    const { attempts } = await recordOf(gateway, answer);
    expect(attempts.map(({ status, verdict }) => [status, verdict])).toEqual([
      [400, 'caller'],
      [200, 'ok'],
    ]);
  });

  test("else is answered in the vendor's words", async () => {
    const gateway = await start();
    gateway.vendor.does(tooLong);
    await gateway.define({ name: 'cramped', targets: sized(8_192, 8_192) });
    const answer = await gateway.chat('cramped');
    expect(answer.status).toBe(400);
    expect(answeredBy(answer)).toBe('openai/gpt-5');
    expect(await answer.text()).toContain('context_length_exceeded');
    expect(gateway.spare.arrived).toHaveLength(0);
  });
});

describe('A weighted route', () => {
  const weighted = both.map((target, index) => ({ ...target, weight: index === 0 ? 3 : 1 }));

  test('is shared by weight, and by the other when one fails', async () => {
    const gateway = await start();
    await gateway.define({ name: 'shared', strategy: 'weighted', targets: weighted });
    const names: string[] = [];
    for (let asked = 0; asked < 12; asked++) names.push(await nameIn(await gateway.chat('shared')));
    expect(names.filter((name) => name === 'main')).toHaveLength(9);
    expect(names.filter((name) => name === 'spare')).toHaveLength(3);
    gateway.spare.does(fails(500));
    for (let asked = 0; asked < 4; asked++) {
      expect(await nameIn(await gateway.chat('shared'))).toBe('main');
    }
  });

  test('keeps a conversation at the target that answered it', async () => {
    const gateway = await start();
    await gateway.define({ name: 'shared', strategy: 'weighted', targets: weighted });
    const names = new Map<string, Set<string>>();
    for (const id of ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd', 'd', 'c', 'b', 'a']) {
      const answer = await gateway.chat('shared', { prompt_cache_key: id });
      names.set(id, (names.get(id) ?? new Set()).add(await nameIn(answer)));
    }
    expect([...names.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(new Set([...names.values()].flatMap((one) => [...one])).size).toBe(2);
  });

  test('sends what one key made to that key, and to no other target', async () => {
    const gateway = await start();
    await gateway.define({ name: 'shared', strategy: 'weighted', targets: weighted });
    const responds =
      (id: string): Script =>
      (_request, reply) =>
        reply.json(200, { id, object: 'response', status: 'completed', output: [] });
    gateway.vendor.does(responds('resp_main'));
    gateway.spare.does(responds('resp_spare'));
    const respond = (more: object) =>
      gateway.post('/v1/responses', { model: 'shared', input: 'Hi', ...more });
    let made = '';
    for (let asked = 0; asked < 4 && made !== 'resp_spare'; asked++) {
      made = ((await (await respond({})).json()) as { id: string }).id;
    }
    expect(made).toBe('resp_spare');
    for (let asked = 0; asked < 4; asked++) {
      const answer = await respond({ previous_response_id: 'resp_spare' });
      expect(answeredBy(answer)).toBe('spare/oss/gpt-120b');
    }
  });
});
