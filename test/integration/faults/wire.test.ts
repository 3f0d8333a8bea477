/** HTTP as odd servers speak it: what is whole passes, what is not never looks whole. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { allSpeakers } from '../../support/faultSpeakers.ts';
import { faultStream, textOf, wholeText } from '../../support/faultStreams.ts';
import {
  expectTold,
  inTurn,
  rescued,
  startFaults,
  well,
  type Fault,
} from '../../support/faults.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const bench = stoppedAfterAll(startFaults);

const type = 'content-type: text/event-stream\r\n';
const half = 3;
const cut = { threw: 'stream', text: textOf(half), outcome: 'truncated', asked: 1 } as const;

/** A head, a part of the stream, and the end of the connection. */
const closing =
  (head: string, words?: number): Fault =>
  ({ kind }) =>
  (_request, reply) => {
    const { whole, upTo } = faultStream(kind);
    reply.raw(`${head}\r\n`);
    reply.raw(words === undefined ? whole : upTo(words));
    reply.cut();
  };

describe.each([
  ['HTTP/1.0', `HTTP/1.0 200 OK\r\n${type}`],
  ['HTTP/1.1 without a length', `HTTP/1.1 200 OK\r\n${type}connection: close\r\n`],
  [
    'HTTP/1.1 after 100 and 103',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n${type}`,
  ],
])('A stream of %s', (_name, head) => {
  test('that ends with its connection is whole with its terminator', async () => {
    expectTold(await bench.single(closing(head)), rescued({ asked: 1 }));
  });

  test('and is cut off without it', async () => {
    expectTold(await bench.single(closing(head, half)), cut);
  });

  test('and is asked for again when nothing came', async () => {
    expectTold(await bench.single(inTurn(closing(head, 0), well)), ({ kind }) =>
      kind === 'gemini'
        ? rescued({ asked: 2 })
        : { threw: 'stream', text: '', outcome: 'truncated' },
    );
  });
});

describe('A stream with a length', () => {
  const lengthOf = (text: string, more: number) =>
    `HTTP/1.1 200 OK\r\n${type}content-length: ${Buffer.byteLength(text) + more}\r\n\r\n`;

  test('that is longer than what came was cut', async () => {
    const short: Fault =
      ({ kind }) =>
      (_request, reply) => {
        const text = faultStream(kind).upTo(half);
        reply.raw(lengthOf(text, 100) + text);
        reply.cut();
      };
    expectTold(await bench.single(short), cut);
  });

  test('that is shorter than what came is taken at its word', async () => {
    const long: Fault =
      ({ kind }) =>
      (_request, reply) => {
        const { whole } = faultStream(kind);
        reply.raw(`${lengthOf(whole, 0)}${whole}HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nagain`);
      };
    expectTold(await bench.single(long), rescued({ asked: 1 }));
    expectTold(await bench.single(inTurn(well)), rescued({ asked: 1 }));
  });
});

describe('A chunk whose size is no number', () => {
  const badSize =
    (words: number | null): Fault =>
    ({ kind }) =>
    async (_request, reply) => {
      reply.begin();
      if (words !== null) await reply.chunk(faultStream(kind).upTo(words));
      reply.raw('zz\r\nnonsense\r\n');
    };

  test('cuts the stream off', async () => {
    expectTold(await bench.single(badSize(half)), cut);
  });

  test('before the first event is asked for again', async () => {
    expectTold(await bench.single(inTurn(badSize(null), well)), rescued({ asked: 2 }));
  });
});

describe('A stream that is packed though it was asked not to be', () => {
  const packings: [string, (text: string) => Uint8Array][] = [
    ['gzip', (text) => gzipSync(text)],
    ['deflate', (text) => deflateSync(text)],
    ['br', (text) => brotliCompressSync(text)],
    ['zstd', (text) => zstdCompressSync(text)],
  ];
  const packed =
    (encoding: string, pack: (text: string) => Uint8Array, words?: number, bytes?: number): Fault =>
    ({ kind }) =>
    async (_request, reply) => {
      const { whole, upTo } = faultStream(kind);
      reply.begin(200, { 'content-encoding': encoding });
      const all = pack(words === undefined ? whole : upTo(words));
      await reply.chunk(all.subarray(0, bytes));
      reply.end();
    };

  test.each(packings)('(%s) is unpacked and judged', async (encoding, pack) => {
    expectTold(await bench.single(packed(encoding, pack)), rescued({ asked: 1 }));
    expectTold(await bench.single(packed(encoding, pack, half)), cut);
  });

  test('and breaks inside its packing never looks whole', async () => {
    const told = await bench.single(packed('gzip', (text) => gzipSync(text), undefined, 60));
    for (const { threw, text, outcome } of Object.values(told)) {
      expect(threw).not.toBeNull();
      expect(wholeText).toStartWith(text);
      expect(outcome).toMatch(/^(?:truncated|failed)$/);
    }
  });
});

describe('What follows a whole stream', () => {
  test.each(['\n\n\n', ': bye\n\n', 'garbage', 'data: {"half'])(
    'is no harm (%j)',
    async (garbage) => {
      const trailing: Fault =
        ({ kind }) =>
        (_request, reply) =>
          reply.stream(faultStream(kind).whole + garbage);
      expectTold(await bench.single(trailing), {
        text: wholeText,
        outcome: 'completed',
        asked: 1,
      });
    },
  );
});

describe('Lines that end otherwise', () => {
  const written = (text: string, [...endings]: readonly string[]) => {
    let turn = 0;
    return text.replaceAll('\n', () => endings[turn++ % endings.length] ?? '\n');
  };
  const ways: [string, string[]][] = [
    ['CR LF', ['\r\n']],
    ['CR', ['\r']],
    ['CR LF and LF', ['\r\n', '\n']],
  ];

  test.each(ways)('(%s) are read, byte by byte, whole and cut', async (_name, endings) => {
    const bytewise =
      (words?: number): Fault =>
      ({ kind }) =>
      (_request, reply) => {
        const { whole, upTo } = faultStream(kind);
        const text = written(words === undefined ? whole : upTo(words), endings);
        return reply.stream(...Array.from(Buffer.from(text), (byte) => new Uint8Array([byte])));
      };
    // Google's SDK knows no blank line of two kinds of ending.
    const readers = allSpeakers.filter(({ kind }) => endings.length === 1 || kind !== 'gemini');
    expectTold(await bench.single(bytewise(), readers), rescued({ asked: 1 }));
    expectTold(await bench.single(bytewise(half), readers), cut);
  });

  test('after a byte order mark are read', async () => {
    const marked: Fault =
      ({ kind }) =>
      (_request, reply) =>
        reply.stream(`\uFEFF${faultStream(kind).whole}`);
    const told = await bench.single(marked);
    for (const { outcome } of Object.values(told)) expect(outcome).toBe('completed');
  });
});
