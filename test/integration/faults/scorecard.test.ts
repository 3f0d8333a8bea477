/**
 * The sixteen faults of the Failover Bench, by its own rules: a careful client that skips what is malformed, one
 * fallback, and a verdict for each. `pass` is the whole answer with every check clean, `partial` one with an advisory
 * check failed, `safe` a clean error, `fail` anything else.
 */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { allSpeakers } from '../../support/faultSpeakers.ts';
import { errorOf, faultStream, wholeText } from '../../support/faultStreams.ts';
import { inTurn, startFaults, thenCut, well, type Fault } from '../../support/faults.ts';
import { bodies } from '../../support/proxied.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(() =>
  startFaults({ env: { CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '1' } }),
);

const stream = faultStream('chat');
const says =
  (status: number, message: string, code: string, headers: Record<string, string> = {}): Fault =>
  () =>
  (_request, reply) =>
    reply.json(status, errorOf('openai', status, message, code), headers);

type Answer = Readonly<{ text: string; error: string | null; usage: boolean; model: string }>;

/** Reads a chat as a careful client would. */
async function ask(model: string): Promise<Answer> {
  const answer = await bench.post('/v1/chat/completions', {
    ...bodies.openai,
    model,
    stream: true,
    stream_options: { include_usage: true },
  });
  const body = await answer.text();
  const read = { text: '', error: null as string | null, usage: false, model: '' };
  if (answer.status !== 200) return { ...read, error: body };
  for (const [, data = ''] of body.matchAll(/^data: (.*)$/gm)) {
    if (data === '[DONE]') break;
    let json;
    try {
      json = JSON.parse(data);
    } catch {
      continue;
    }
    if (json.error) return { ...read, error: json.error.message };
    read.text += json.choices?.[0]?.delta?.content ?? '';
    read.usage ||= Boolean(json.usage);
    read.model = json.model ?? read.model;
  }
  return read;
}

type Seen = Answer &
  Readonly<{ primary: number; spare: number; firstGapMs: number; tookMs: number }>;
type Scenario = Readonly<{
  fault: Fault;
  spare?: Fault;
  /** The answer that is wished for is an error. */
  isError?: true;
  required?: (seen: Seen) => boolean;
  advisory?: (seen: Seen) => boolean;
}>;

const overloaded = says(503, 'The engine is currently overloaded', 'overloaded');
const cut: Fault = () => (_request, reply) => thenCut(reply, stream.upTo(4));
const noPrefill: Fault = (speaker, heard) => (request, reply) =>
  request.body.includes('"assistant"')
    ? reply.json(400, errorOf('openai', 400, 'No prefill', 'invalid_prefill'))
    : well(speaker, heard)(request, reply);

const scenarios: Readonly<Record<string, Scenario>> = {
  'S01 429 with Retry-After': {
    fault: inTurn(says(429, 'Wait', 'rate_limit_exceeded', { 'retry-after': '1' }), well),
    required: ({ primary }) => primary <= 2,
    advisory: ({ primary, firstGapMs }) => primary >= 2 && firstGapMs > 900,
  },
  'S02 429 for good': {
    fault: says(429, 'Wait', 'rate_limit_exceeded'),
    required: ({ primary }) => primary <= 4,
  },
  'S03 500 once': {
    fault: inTurn(says(500, 'Oh', 'server_error'), well),
    advisory: ({ primary }) => primary >= 2,
  },
  'S04 503 for good': { fault: overloaded, required: ({ primary }) => primary <= 6 },
  'S05 reset before the head': {
    fault: inTurn(() => (_request, reply) => reply.reset(), well),
  },
  'S06 no answer at all': {
    fault: () => () => {},
    required: ({ tookMs }) => tookMs < 10_000,
    advisory: ({ primary }) => primary === 1,
  },
  'S07 slow first token': {
    fault: () => async (request, reply) => {
      reply.begin();
      await request.closed;
    },
    advisory: ({ tookMs }) => tookMs < 10_000,
  },
  'S08 stream cut': { fault: cut },
  'S09 stream stalls': {
    fault: () => async (_request, reply) => {
      reply.begin();
      await reply.chunk(stream.upTo(2));
    },
    required: ({ tookMs }) => tookMs < 10_000,
  },
  'S10 malformed chunk': {
    fault: () => (_request, reply) =>
      reply.stream(stream.upTo(3) + stream.malformed + stream.from(3)),
    advisory: ({ spare }) => spare === 0,
  },
  'S11 no [DONE]': {
    fault: () => (_request, reply) => reply.stream(stream.whole.replace('data: [DONE]\n\n', '')),
    advisory: ({ usage }) => usage,
  },
  'S12 context too long': {
    fault: says(400, 'The maximum context length is 8192 tokens', 'context_length_exceeded'),
    required: ({ primary }) => primary === 1,
  },
  'S13 content filter': {
    fault: says(400, 'Rejected by our safety system', 'content_policy_violation'),
    isError: true,
    required: ({ primary, error }) => primary === 1 && error?.includes('safety system') === true,
  },
  'S14 cut, and a fallback that takes no prefill': { fault: cut, spare: noPrefill },
  'S16 accounting': {
    fault: overloaded,
    required: ({ primary, model }) => primary <= 6 && model === 'model-of-second',
    advisory: ({ usage }) => usage,
  },
};

const chat = allSpeakers.find(({ kind }) => kind === 'chat');
const route = { resume: true, limits: { first_event_ms: 300 } };

async function verdictOf(scenario: Scenario, hasFallback: boolean): Promise<string> {
  if (!chat) throw new Error('no SDK speaks chat');
  const { fault, spare = well, isError, required, advisory } = scenario;
  const { model, first, other } = await bench.route(chat, fault, {
    spare,
    route,
    room: [8_000, 99_000],
  });
  const startedMs = performance.now();
  const answer = await ask(hasFallback ? model : first.model);
  const times = first.arrived().map(({ atMs }) => atMs);
  const seen: Seen = {
    ...answer,
    primary: times.length,
    spare: other?.arrived().length ?? 0,
    firstGapMs: (times[1] ?? Number.POSITIVE_INFINITY) - (times[0] ?? 0),
    tookMs: performance.now() - startedMs,
  };
  if (answer.error === null && answer.text !== wholeText) return 'fail: a part that looks whole';
  if (required && !required(seen)) return `fail: ${JSON.stringify(seen)}`;
  if ((answer.error !== null) !== (isError ?? false)) return 'safe';
  return advisory && !advisory(seen) ? 'partial' : 'pass';
}

test.each(Object.entries(scenarios))('%s passes with a fallback', async (name, scenario) => {
  // The fallback answers at once: nobody waits out a limit that another one does not have.
  const verdict = name.startsWith('S01') ? 'partial' : 'pass';
  expect(await verdictOf(scenario, true)).toBe(verdict);
});

const rescuedAlone = ['S01', 'S03', 'S05', 'S10', 'S11', 'S13'];
const withoutSilence = Object.entries(scenarios).filter(([name]) => !/^S0[67]/.test(name));

test.each(withoutSilence)('%s is rescued or a clean error without one', async (name, scenario) => {
  const verdict = rescuedAlone.includes(name.slice(0, 3)) ? 'pass' : 'safe';
  // Whose answer it is cannot be asked of an error.
  const { required, ...rest } = scenario;
  const isChecked = verdict === 'pass' && required;
  expect(await verdictOf(isChecked ? scenario : rest, false)).toBe(verdict);
});

test('S15 a provider that is down for a while passes: served around, and returned to', async () => {
  if (!chat) throw new Error('no SDK speaks chat');
  let isDown = true;
  const flaps: Fault = (speaker, heard) => {
    const [down, up] = [overloaded(speaker, heard), well(speaker, heard)];
    return (request, reply) => (isDown ? down : up)(request, reply);
  };
  const { model, first } = await bench.route(chat, flaps);
  for (let asked = 0; asked < 20; asked++) {
    expect(await ask(model)).toMatchObject({ text: wholeText, error: null });
  }
  // The breaker has seen enough of it: far fewer than three for each request.
  expect(first.arrived().length).toBeLessThan(20);
  isDown = false;
  const recoveredMs = Date.now();
  const before = first.arrived().length;
  const isBack = () => first.arrived().length > before + 3;
  while (!isBack() && Date.now() - recoveredMs < 30_000) {
    expect(await ask(model)).toMatchObject({ text: wholeText, error: null });
  }
  expect(isBack()).toBe(true);
});
