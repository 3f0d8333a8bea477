/** Answers that are no streams, and break: asked for again while nothing was given, broken off once something was. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { recordOf, requestId } from '../../support/factsOf.ts';
import { allSpeakers } from '../../support/faultSpeakers.ts';
import { errorOf } from '../../support/faultStreams.ts';
import {
  expectTold,
  inTurn,
  startFaults,
  wellPlain,
  type Expected,
  type Fault,
} from '../../support/faults.ts';
import { answers, bodies } from '../../support/proxied.ts';
import type { Reply } from '../../support/vendor.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(() =>
  startFaults({ way: 'plain', limits: { plainMs: 2_500, bufferedBytes: 2_048 } }),
);

const only = allSpeakers.filter(({ kind }) => kind !== 'responses');
const single = (fault: Fault) => bench.single(fault, only);
const second = (fault: Fault) => bench.second(fault, { only });
const rescued = (more: Expected): Expected => ({ text: 'Hello', outcome: 'completed', ...more });

const json = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const sends =
  (send: (body: string, reply: Reply) => void | Promise<void>): Fault =>
  ({ dialect }) =>
  (_request, reply) =>
    send(JSON.stringify(answers[dialect]), reply);

const broken: [string, Fault][] = [
  [
    'that is shorter than its length',
    sends((body, reply) => {
      reply.raw(`${json}content-length: ${body.length}\r\n\r\n${body.slice(0, -20)}`);
      reply.cut();
    }),
  ],
  [
    'whose chunks do not end',
    sends(async (body, reply) => {
      reply.begin(200, { 'content-type': 'application/json' });
      await reply.chunk(body);
      reply.cut();
    }),
  ],
  [
    'whose chunks are malformed',
    sends((body, reply) => {
      reply.raw(`${json}transfer-encoding: chunked\r\n\r\nzz\r\n${body}\r\n`);
    }),
  ],
  [
    'that ends too soon with its connection',
    sends((body, reply) => {
      reply.raw(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${body.slice(0, -20)}`);
      reply.cut();
    }),
  ],
  [
    'that is half JSON in good order',
    sends((body, reply) => {
      reply.send(200, `${body.slice(0, 40)}"oops`, { 'content-type': 'application/json' });
    }),
  ],
  [
    'that is packed, and half of it',
    sends((body, reply) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      reply.send(200, gzipSync(body.slice(0, -20)), headers);
    }),
  ],
  [
    'that is empty',
    sends((_body, reply) => {
      reply.send(200, '', { 'content-type': 'application/json' });
    }),
  ],
  [
    'that has no body at all',
    sends((_body, reply) => {
      reply.raw('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
      reply.cut();
    }),
  ],
  [
    'that is a page',
    sends((_body, reply) => {
      reply.send(200, '<html><title>Welcome</title></html>', { 'content-type': 'text/html' });
    }),
  ],
  ['that is a reset', () => (_request, reply) => reply.reset()],
];

describe('An answer', () => {
  test.each(broken)('%s is asked for again', async (_what, fault) => {
    expectTold(await single(inTurn(fault, wellPlain)), rescued({ asked: 2 }));
  });

  test.each(broken)('%s for good is a 502, or another target answers', async (_what, fault) => {
    expectTold(await single(fault), { threw: 502, text: '', outcome: 'failed', tries: 3 });
    expectTold(await second(fault), rescued({ tries: 4, spare: 1 }));
  });

  test('that is an error under 200 is judged as what it says', async () => {
    const says =
      (status: number, code: string): Fault =>
      ({ dialect }) =>
      (_request, reply) =>
        reply.json(200, errorOf(dialect, status, 'Not now', code));
    expectTold(await single(says(400, 'invalid_request_error')), {
      threw: 400,
      message: expect.stringContaining('Not now'),
      outcome: 'failed',
      asked: 1,
    });
    const limited = says(429, 'rate_limit_error');
    expectTold(await second(limited), rescued({ asked: 1, spare: 1 }));
    const away = says(529, 'overloaded_error');
    expectTold(await single(inTurn(away, wellPlain)), rescued({ asked: 2 }));
  });

  test('that speaks of an error among other things is an answer', async () => {
    const told: Fault =
      ({ dialect }) =>
      (_request, reply) =>
        reply.json(200, { ...answers[dialect], error: null, metadata: { error: 'none' } });
    expectTold(await single(told), rescued({ asked: 1 }));
  });
});

describe('An answer too large to hold', () => {
  const model = 'x'.repeat(4_000);
  const large = (dialect: keyof typeof answers) => JSON.stringify({ ...answers[dialect], model });

  test('passes as it comes', async () => {
    const whole: Fault =
      ({ dialect }) =>
      (_request, reply) =>
        reply.send(200, large(dialect), { 'content-type': 'application/json' });
    expectTold(await single(whole), rescued({ asked: 1 }));
  });

  test('that breaks off breaks off for the client: no SDK takes it for an answer', async () => {
    const half: Fault =
      ({ dialect }) =>
      (_request, reply) => {
        const body = large(dialect);
        reply.raw(`${json}content-length: ${body.length}\r\n\r\n${body.slice(0, -20)}`);
        reply.cut();
      };
    const told = await second(half);
    // What the platform throws for a connection that broke, which every SDK lets through.
    expectTold(told, { threw: TypeError, text: '', outcome: 'truncated', asked: 1, spare: 0 });
  });
});

describe('A refusal that comes before all of the request was sent', () => {
  test('reaches the client, and is asked for once', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {});
      // Reads no further than the first bytes.
      socket.once('data', () => {
        socket.pause();
        const body = JSON.stringify(errorOf('openai', 413, 'Too much', 'request_too_large'));
        socket.write(
          `HTTP/1.1 413 Said\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const provider = { name: 'hasty', dialect: 'openai', base_url };
    expect((await bench.api('POST', '/api/providers', provider)).status).toBe(201);
    const key = { provider: 'hasty', key: 'test-key-of-hasty' };
    expect((await bench.api('POST', '/api/provider-keys', key)).status).toBe(201);
    const answer = await bench.post('/v1/chat/completions', {
      ...bodies.openai,
      model: 'hasty/some-model',
      user: 'x'.repeat(20_000_000),
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { message: 'Too much' } });
    expect((await recordOf(bench, requestId(answer))).attempts).toHaveLength(1);
    expect(connections).toBe(1);
    server.close();
  });
});
