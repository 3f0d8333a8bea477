/** Vendors that refuse and that fail, as streams see them: every official SDK, one target and two. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  expectTold,
  inTurn,
  rescued,
  startFaults,
  well,
  type Fault,
} from '../../support/faults.ts';
import { errorOf } from '../../support/faultStreams.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(startFaults);

const says =
  (status: number, message: string, headers: Record<string, string> = {}, code?: string): Fault =>
  ({ dialect }) =>
  (_request, reply) =>
    reply.json(status, errorOf(dialect, status, message, code), headers);

describe('429 with Retry-After', () => {
  const limited = inTurn(says(429, 'Rate limit reached', { 'retry-after': '1' }), well);

  test('is waited for as long as it says where nobody else can answer', async () => {
    const told = await bench.single(limited);
    expectTold(told, rescued({ asked: 2 }));
    for (const { tookMs } of Object.values(told)) expect(tookMs).toBeGreaterThan(990);
  });

  test('is not waited for where another target answers', async () => {
    expectTold(await bench.second(limited), rescued({ asked: 1, spare: 1 }));
  });
});

describe('429 without a time, again and again', () => {
  const limited = says(429, 'Rate limit reached');

  test('is asked once, and told with a time', async () => {
    expectTold(await bench.single(limited), { threw: 429, text: '', outcome: 'failed', asked: 1 });
  });

  test('is answered by another target', async () => {
    expectTold(await bench.second(limited), rescued({ asked: 1, spare: 1 }));
  });
});

describe.each([500, 502, 503, 529])('%d', (status) => {
  const message = 'The engine is currently overloaded';

  test('once is asked again at the same target', async () => {
    const once = inTurn(says(status, message), well);
    expectTold(await bench.single(once), rescued({ asked: 2 }));
    expectTold(await bench.second(once), rescued({ asked: 2, spare: 0 }));
  });

  test('for good is asked three times, then told as the vendor told it', async () => {
    expectTold(await bench.single(says(status, message)), {
      threw: status,
      text: '',
      message: expect.stringContaining(message),
      outcome: 'failed',
      asked: 3,
    });
  });

  test('for good is answered by another target, which is named and counted alone', async () => {
    const told = await bench.second(says(status, message));
    expectTold(told, rescued({ asked: 3, spare: 1 }));
    for (const { log } of Object.values(told)) {
      expect(log.model).toBe('spare-model');
      expect(log.attempts.map((attempt) => attempt.status)).toEqual([status, status, status, 200]);
    }
  });
});

describe("The caller's own mistake", () => {
  test.each([400, 409, 413, 422])('%d is told at once and asked nowhere else', async (status) => {
    const wrong = says(status, 'Wrong', {}, 'invalid_request_error');
    const told = { threw: status, text: '', outcome: 'failed', asked: 1 };
    expectTold(await bench.single(wrong), told);
    expectTold(await bench.second(wrong), { ...told, spare: 0 });
  });

  test('404 may be right at another target', async () => {
    const gone = says(404, 'There is no such model', {}, 'not_found_error');
    expectTold(await bench.single(gone), { threw: 404, text: '', outcome: 'failed', asked: 1 });
    expectTold(await bench.second(gone), rescued({ asked: 1, spare: 1 }));
  });

  test('of content that is not allowed is told in the words of the vendor', async () => {
    const refused = says(400, 'Rejected by our safety system', {}, 'content_policy_violation');
    expectTold(await bench.second(refused), {
      threw: 400,
      message: expect.stringContaining('Rejected by our safety system'),
      outcome: 'failed',
      asked: 1,
      spare: 0,
    });
  });
});

describe('A context that is too long', () => {
  const messages = {
    openai: "This model's maximum context length is 8192 tokens",
    anthropic: 'prompt is too long: 250000 tokens > 200000 maximum',
    gemini: 'The input token count (2000000) exceeds the maximum number of tokens allowed (9)',
  };
  const tooLong: Fault = (speaker, heard) => {
    const code = speaker.dialect === 'openai' ? 'context_length_exceeded' : 'invalid_request_error';
    return says(400, messages[speaker.dialect], {}, code)(speaker, heard);
  };

  test('is told at once where nobody has more room', async () => {
    const told = { threw: 400, text: '', outcome: 'failed', asked: 1 };
    expectTold(await bench.single(tooLong), told);
    expectTold(await bench.second(tooLong, { room: [8_000, 8_000] }), { ...told, spare: 0 });
  });

  test('fits into a target that has more', async () => {
    expectTold(
      await bench.second(tooLong, { room: [8_000, 128_000] }),
      rescued({ asked: 1, spare: 1 }),
    );
  });
});

describe('A key that is refused', () => {
  const refused = says(401, 'Incorrect API key provided', {}, 'invalid_api_key');

  test("is not the client's fault, and its words are not for the client", async () => {
    const told = await bench.single(refused);
    expectTold(told, {
      threw: 503,
      message: expect.not.stringContaining('Incorrect API key'),
      outcome: 'failed',
      asked: 1,
    });
  });

  test('is answered by another target', async () => {
    expectTold(await bench.second(refused), rescued({ asked: 1, spare: 1 }));
  });

  test('for want of a right is answered by another target too', async () => {
    const forbidden = says(403, 'Not for you', {}, 'permission_error');
    expectTold(await bench.second(forbidden), rescued({ asked: 1, spare: 1 }));
  });
});
