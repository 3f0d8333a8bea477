/** Heads and bodies of answers as they come over the wire, cut anywhere. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { openAnswer } from '../../server/upstream/answer.ts';
import { bodyOf } from '../../server/upstream/body.ts';
import { headEnd, parseHead, type Head } from '../../server/upstream/head.ts';
import { MalformedAnswer } from '../../server/upstream/malformedAnswer.ts';
import { requestHead } from '../../server/upstream/requestHead.ts';
import { originText, parseOrigin } from '../../server/upstream/origin.ts';

const head = (lines: readonly string[], method = 'POST'): Head =>
  parseHead(`${lines.join('\r\n')}\r\n\r\n`, method);

/** Feeds the pieces one by one; answers the content, and how many bytes were left after the end (-1: no end). */
function read(
  ofHead: Head,
  pieces: readonly Buffer<ArrayBuffer>[],
): { text: string; left: number } {
  const content: Uint8Array[] = [];
  const body = bodyOf(ofHead, (piece) => content.push(piece));
  let left = -1;
  for (const piece of pieces) {
    if (left !== -1) left += piece.length;
    else {
      const end = body(piece, 0);
      if (end !== -1) left = piece.length - end;
    }
  }
  return { text: Buffer.concat(content).toString('latin1'), left };
}

const cutAt = (bytes: Buffer<ArrayBuffer>, cuts: readonly number[]): Buffer<ArrayBuffer>[] => {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b)];
  return at.map((from, index) => bytes.subarray(from, at[index + 1] ?? bytes.length));
};

describe('the head of an answer', () => {
  test('ends at the empty line, with or without carriage returns', () => {
    expect(headEnd(Buffer.from('HTTP/1.1 200 OK\r\na: b\r\n\r\nrest'), 0)).toBe(25);
    expect(headEnd(Buffer.from('HTTP/1.1 200 OK\na: b\n\nrest'), 0)).toBe(22);
    expect(headEnd(Buffer.from('HTTP/1.1 200 OK\r\na: b\r\n'), 0)).toBe(-1);
  });

  test('gives status, headers and length', () => {
    const { status, headers, framing, bodyBytes, keepsAlive } = head([
      'HTTP/1.1 429 Too Many Requests',
      'Retry-After: 2',
      'Content-Length:  12 ',
      'x-thing: a',
      'X-Thing: b',
    ]);
    expect({ status, framing, bodyBytes, keepsAlive }).toEqual({
      status: 429,
      framing: 'length',
      bodyBytes: 12,
      keepsAlive: true,
    });
    expect(headers.get('retry-after')).toBe('2');
    expect(headers.get('x-thing')).toBe('a, b');
  });

  test('gives names in lower case, without the spaces around values and what Connection names', () => {
    const lines = ['HTTP/1.1 200 OK', 'X-One:\t 1 2 ', 'x-two:', 'Connection: x-hop', 'X-Hop: 1'];
    expect(head(lines).headers.pairs).toEqual(['x-one', '1 2', 'x-two', '']);
  });

  test('names a length once, and none beside chunks', () => {
    const twice = ['HTTP/1.1 200 OK', 'Content-Length: 5', 'content-length: 5'];
    expect([head(twice).bodyBytes, head(twice).headers.get('content-length')]).toEqual([5, '5']);
    const chunked = ['HTTP/1.1 200 OK', 'content-length: 5', 'transfer-encoding: chunked'];
    expect(head(chunked).headers.has('content-length')).toBe(false);
  });

  test('leaves nothing behind of names without end', () => {
    Bun.gc(true);
    const before = process.memoryUsage().rss;
    for (let nth = 0; nth < 600; nth += 1)
      head(['HTTP/1.1 200 OK', `${'n'.repeat(250_000)}${nth}: 1`]);
    Bun.gc(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(75_000_000);
  });

  test('needs no reason phrase', () => {
    expect(head(['HTTP/1.1 200', 'content-length: 0']).status).toBe(200);
  });

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK', 'content-length: 5', 'none'],
    ['GET', 'HTTP/1.1 204 No Content', 'x: y', 'none'],
    ['GET', 'HTTP/1.1 304 Not Modified', 'content-length: 5', 'none'],
    ['GET', 'HTTP/1.1 200 OK', 'content-length: 0', 'none'],
    ['GET', 'HTTP/1.1 200 OK', 'Transfer-Encoding: Chunked', 'chunked'],
    ['GET', 'HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked', 'chunked'],
    ['GET', 'HTTP/1.1 200 OK', 'transfer-encoding: identity', 'close'],
    ['GET', 'HTTP/1.1 200 OK', 'x: y', 'close'],
  ])('tells how the body of %s %s with %s ends', (method, line, header, framing) => {
    expect(head([line, header], method).framing).toBe(framing as Head['framing']);
  });

  test.each([
    [['HTTP/1.1 200 OK', 'connection: close', 'content-length: 1'], false],
    [['HTTP/1.1 200 OK', 'content-length: 1'], true],
    [['HTTP/1.0 200 OK', 'content-length: 1'], false],
    [['HTTP/1.0 200 OK', 'connection: Keep-Alive', 'content-length: 1'], true],
    [['HTTP/1.1 200 OK'], false],
    [['HTTP/1.1 200 OK', 'transfer-encoding: chunked', 'content-length: 1'], false],
  ])('of %j keeps the connection: %p', (lines, keepsAlive) => {
    expect(head(lines).keepsAlive).toBe(keepsAlive);
  });

  test('says how long the vendor keeps an idle connection', () => {
    expect(head(['HTTP/1.1 200 OK', 'Keep-Alive: timeout=5, max=9']).keepsIdleMs).toBe(5_000);
    expect(head(['HTTP/1.1 200 OK']).keepsIdleMs).toBeUndefined();
  });

  test.each([
    [['HTTP/2 200']],
    [['SSH-2.0-OpenSSH']],
    [['HTTP/1.1 2000 OK']],
    [['HTTP/1.1 099 Early']],
    [['HTTP/1.1 700 Late']],
    [['HTTP/1.1 200 OK', 'no colon']],
    [['HTTP/1.1 200 OK', 'a: b', ' folded']],
    [['HTTP/1.1 200 OK', 'space : b']],
    [['HTTP/1.1 200 OK', 'content-length: 5', 'content-length: 6']],
    [['HTTP/1.1 200 OK', 'content-length: -1']],
    [['HTTP/1.1 200 OK', 'content-length: 5x']],
    [['HTTP/1.1 200 OK', 'a: b\0c']],
    [['HTTP/1.1 200 OK', 'a: b\u0001c']],
    [['HTTP/1.1 200 OK', 'a: b\u007fc']],
    [['HTTP/1.1 200 OK', 'a: b\rc: d']],
    [['HTTP/1.1 200 OK', 'a']],
    [['HTTP/1.1 200 OK', ': b']],
    [['HTTP/1.1 200 OK', 'a b: c']],
  ])('that is none (%j) is refused', (lines) => {
    expect(() => head(lines)).toThrow(MalformedAnswer);
  });
});

describe('the body of an answer', () => {
  const chunkedHead = head(['HTTP/1.1 200 OK', 'transfer-encoding: chunked']);

  test('in chunks is the same wherever the wire cuts it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        fc.boolean(),
        (chunks, cuts, hasTrailer) => {
          const wire = chunks.map((chunk) => {
            const bytes = Buffer.from(chunk);
            return `${bytes.length.toString(16)};x=1\r\n${bytes.toString('latin1')}\r\n`;
          });
          const tail = hasTrailer ? '0\r\nx-trailer: 1\r\n\r\n' : '0\r\n\r\n';
          const bytes = Buffer.from(`${wire.join('')}${tail}`, 'latin1');
          const { text, left } = read(chunkedHead, cutAt(bytes, cuts));
          expect(Buffer.from(text, 'latin1').toString()).toBe(chunks.join(''));
          expect(left).toBe(0);
        },
      ),
    );
  });

  test('with a length is the same wherever the wire cuts it, and takes nothing of what follows', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.array(fc.nat(99), { maxLength: 6 }),
        (content, cuts) => {
          const length = Buffer.byteLength(content);
          const bytes = Buffer.from(`${content}HTTP`);
          const counted = head(['HTTP/1.1 200 OK', `content-length: ${length}`]);
          const { text, left } = read(counted, cutAt(bytes, cuts));
          expect(Buffer.from(text, 'latin1').toString()).toBe(content);
          expect(left).toBe(4);
        },
      ),
    );
  });

  test('that ends with the connection has no end of its own', () => {
    const open = head(['HTTP/1.1 200 OK']);
    expect(read(open, [Buffer.from('ab'), Buffer.from('c')])).toEqual({ text: 'abc', left: -1 });
  });

  test.each([['xyz\r\n'], ['-1\r\n'], ['\r\n'], ['2\r\nabc\r\n'], [`${'1'.repeat(20_000)}`]])(
    'whose chunks make no sense (%#) is refused',
    (wire) => {
      expect(() => read(chunkedHead, [Buffer.from(wire)])).toThrow(MalformedAnswer);
    },
  );
});

describe('a connection whose answer nobody reads', () => {
  const pausing = (pieceBytes: number) => {
    const told: string[] = [];
    const flow = { pause: () => void told.push('pause'), resume: () => void told.push('resume') };
    const opened = openAnswer(200, head(['HTTP/1.1 200 OK']).headers, flow);
    opened.push(new Uint8Array(pieceBytes));
    opened.end();
    return { told, body: opened.answer.body };
  };

  test('waits, and goes on for the next request once the answer is whole', async () => {
    const { told, body } = pausing(300_000);
    expect(told).toEqual(['pause', 'resume']);
    expect(
      body instanceof Uint8Array || (await body?.bytes(Number.POSITIVE_INFINITY))?.byteLength,
    ).toBe(300_000);
    expect(told).toEqual(['pause', 'resume']);
  });

  test('does not wait for little', () => {
    expect(pausing(1_000).told).toEqual([]);
  });
});

describe('the head of a request', () => {
  const send = (url: string, headers: Record<string, string> = {}, body: string | null = null) => {
    const origin = parseOrigin(originText(url));
    const request = {
      method: 'POST',
      url,
      headers: Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join(''),
      body: body === null ? null : new Uint8Array(Buffer.from(body)),
      isRepeatable: true,
    };
    return requestHead(request, origin.host, origin.length);
  };

  test('names the target as it was given, the host and the length', () => {
    expect(send('http://vendor:81/v1/a%2Fb?x=1&y', { 'x-a': 'b' }, 'four')).toBe(
      'POST /v1/a%2Fb?x=1&y HTTP/1.1\r\nhost: vendor:81\r\nx-a: b\r\ncontent-length: 4\r\n\r\n',
    );
  });

  test('says when there is no body', () => {
    expect(send('http://vendor/')).toContain('content-length: 0\r\n');
  });

  test('never carries what could begin another line', () => {
    const url = 'http://vendor/v1/a b\r\nx-injected: 1?q=\u00e9"<>';
    expect(send(url).split('\r\n')[0]).toBe(
      'POST /v1/a%20bx-injected:%201?q=%C3%A9%22%3C%3E HTTP/1.1',
    );
  });
});
