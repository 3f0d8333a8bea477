/** A provider whose streams begin well and never end well is as good as down: its breaker opens. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { allSpeakers } from '../../support/faultSpeakers.ts';
import { faultStream } from '../../support/faultStreams.ts';
import { startFaults, thenCut, well, type Fault } from '../../support/faults.ts';
import { bodies } from '../../support/proxied.ts';
import { until } from '../../support/until.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(startFaults);

const stream = faultStream('chat');
const cuts: Fault = () => (_request, reply) => thenCut(reply, stream.upTo(3));
const stalls: Fault = () => async (_request, reply) => {
  reply.begin();
  await reply.chunk(stream.upTo(3));
};

const ask = async (model: string): Promise<string> => {
  const body = { ...bodies.openai, model, stream: true };
  return (await bench.post('/v1/chat/completions', body)).text();
};

async function routeOver(fault: Fault) {
  const chat = allSpeakers.find(({ kind }) => kind === 'chat');
  if (!chat) throw new Error('no SDK speaks chat');
  return bench.route(chat, fault);
}

type Logged = Readonly<{ attempts: readonly object[] }>;

/** All attempts at it, once there are so many requests in the log. */
async function attemptsAt(provider: string, requests: number): Promise<readonly object[]> {
  let rows: readonly Logged[] = [];
  await until(`${requests} requests at ${provider} are logged`, async () => {
    const { json } = await bench.api('GET', `/api/logs?provider=${provider}`);
    rows = json?.data ?? [];
    return rows.length === requests;
  });
  return rows.flatMap(({ attempts }) => attempts);
}

describe('A provider', () => {
  test.each([
    ['cuts', 'transient.cut', cuts],
    ['lets fall silent', 'transient.silent', stalls],
  ])('that %s every stream is served around', async (_how, rule_id, fault) => {
    const { model, first } = await routeOver(fault);
    for (let asked = 0; asked < 5; asked++) expect(await ask(model)).toContain('is not complete');
    expect(await ask(model)).toEndWith('data: [DONE]\n\n');
    expect(first.arrived()).toHaveLength(5);
    expect(await attemptsAt(first.provider, 5)).toEqual(
      Array(5).fill(expect.objectContaining({ status: 200, verdict: 'transient', rule_id })),
    );
  });

  test('one of whose streams ends well in between is in order', async () => {
    let asked = 0;
    const sometimes: Fault = (speaker, heard) => {
      const [bad, good] = [cuts(speaker, heard), well(speaker, heard)];
      return (request, reply) => ((asked += 1) % 4 === 0 ? good : bad)(request, reply);
    };
    const { model, first } = await routeOver(sometimes);
    for (let times = 0; times < 12; times++) await ask(model);
    expect(first.arrived()).toHaveLength(12);
  });
});
