/** Answers of 200 that are none: SDKs would take many of them for an empty success. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Speaker } from '../../support/faultSpeakers.ts';
import { errorOf, faultStream, textOf } from '../../support/faultStreams.ts';
import {
  expectTold,
  inTurn,
  rescued,
  startFaults,
  well,
  type Fault,
} from '../../support/faults.ts';
import { answers } from '../../support/proxied.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(startFaults);

const sends =
  (type: string | null, body: (speaker: Speaker) => string): Fault =>
  (speaker) =>
  (_request, reply) =>
    reply.send(200, body(speaker), type === null ? {} : { 'content-type': type });

const nothing = { text: '', outcome: 'failed' } as const;

const failures: [string, number, string, Fault][] = [
  ['an HTML page', 502, 'HTML page', sends('text/html', () => '<html>Maintenance</html>')],
  ['an empty body', 502, 'did not give a whole answer', sends('application/json', () => '')],
  ['an empty stream', 502, 'did not give a whole answer', sends('text/event-stream', () => '')],
  [
    'comments and no event',
    502,
    'did not give a whole answer',
    sends('text/event-stream', () => ': hello\n\n'.repeat(3)),
  ],
  [
    '[DONE] and no event',
    502,
    'did not give a whole answer',
    sends('text/event-stream', () => 'data: [DONE]\n\n'),
  ],
  [
    'an error as JSON',
    429,
    'resting',
    sends('application/json', ({ dialect }) =>
      JSON.stringify(errorOf(dialect, 429, 'Slow down', 'rate_limit_error')),
    ),
  ],
  [
    'an error as JSON that is called a stream',
    503,
    'Away',
    sends('text/event-stream', () => '\n{"error":{"message":"Away","code":503}}'),
  ],
];

describe('200 with', () => {
  test.each(failures)('%s is a %d', async (_what, status, words, fault) => {
    expectTold(await bench.single(fault), {
      ...nothing,
      threw: status,
      message: expect.stringContaining(words),
    });
  });

  test.each(failures)('%s is answered by another target', async (_what, _status, _words, fault) => {
    expectTold(await bench.second(fault), rescued({ spare: 1 }));
  });

  test('all of an answer at once where a stream was asked for is no empty stream', async () => {
    const whole = sends('application/json', ({ dialect }) => JSON.stringify(answers[dialect]));
    expectTold(await bench.single(whole), {
      ...nothing,
      threw: 400,
      message: expect.stringContaining('without streaming'),
      asked: 1,
    });
    expectTold(await bench.second(whole), rescued({ asked: 1, spare: 1 }));
  });
});

describe('A stream under a wrong name', () => {
  const types: [string, string | null][] = [
    ['application/json', 'application/json'],
    ['text/plain', 'text/plain'],
    ['application/octet-stream', 'application/octet-stream'],
    ['no name', null],
  ];

  test.each(types)('(%s) is a stream all the same', async (_name, type) => {
    const named: Fault = sends(type, ({ kind }) => faultStream(kind).whole);
    expectTold(await bench.single(named), rescued({ asked: 1 }));
  });

  test.each(types)('(%s) that ends too soon is told from a whole one', async (_name, type) => {
    const cut: Fault = sends(type, ({ kind }) => faultStream(kind).upTo(3));
    expectTold(await bench.single(cut), {
      threw: 'stream',
      text: textOf(3),
      outcome: 'truncated',
      asked: 1,
    });
  });
});

describe('After a false answer', () => {
  test('the same target is asked again', async () => {
    for (const [, status, , fault] of failures) {
      // One key only: a limit is waited for, and that is shown elsewhere.
      if (status === 429) continue;
      expectTold(await bench.single(inTurn(fault, well)), rescued({ asked: 2 }));
    }
  });
});
