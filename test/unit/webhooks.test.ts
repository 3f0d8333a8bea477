/** Webhooks without a network: what they are told, how it is signed, and where it never goes. */
import { describe, expect, test } from 'bun:test';
import { createHmac } from 'node:crypto';
import type { StoredEvent } from '../../events/event.ts';
import { actorId, newEventId } from '../../events/ids.ts';
import { pauseAfter } from '../../server/webhooks/attempts.ts';
import { isTold, problemInWebhooks } from '../../server/webhooks/endpoint.ts';
import { noticedKinds, noticeOf, type Notice } from '../../server/webhooks/notices.ts';
import { createPost, signatureOf } from '../../server/webhooks/post.ts';
import { sampleCause } from '../support/sampleEvents.ts';

const nowMs = Date.parse('2026-11-20T12:00:00.500Z');
const eventOf = (kind: StoredEvent['actor']['kind'], type: string, data: object): StoredEvent => ({
  id: newEventId(),
  version: 1,
  cause: sampleCause(),
  actor: { kind, id: actorId('groq') },
  sequence: 7,
  timeMs: nowMs,
  type,
  data,
});
const nameless = () => undefined;
const notice: Notice = { id: '1', type: 'test', time: '2026-11-20T12:00:00Z', data: {} };

describe('A notice', () => {
  test('says what happened to whom, in the words of the API', () => {
    const data = { untilMs: 5, ruleId: 'provider.pool-limited', reason: 'all keys', strikes: 1 };
    const event = eventOf('provider', 'ProviderRested', data);
    expect(noticeOf(event, nameless)).toEqual({
      id: event.id,
      type: 'provider.rested',
      time: '2026-11-20T12:00:00.500Z',
      data: {
        provider: 'groq',
        until_ms: 5,
        rule_id: 'provider.pool-limited',
        reason: 'all keys',
        strikes: 1,
      },
    });
  });

  test('of a breaker names its provider', () => {
    const event = eventOf('breaker', 'BreakerClosed', { closedAtMs: 5, cause: 'probe' });
    expect(noticeOf(event, nameless)).toMatchObject({
      type: 'breaker.closed',
      data: { provider: 'groq', cause: 'probe' },
    });
    expect(noticedKinds).toContain('breaker');
  });

  test('is not made of what nobody is told', () => {
    expect(noticeOf(eventOf('provider-key', 'ProviderKeyRenamed', { name: 'x' }), nameless)).toBe(
      undefined,
    );
  });

  test('goes to who asked for it, or for everything', () => {
    const url = 'https://one.example/';
    expect(isTold({ url, events: [] }, 'log.away')).toBe(true);
    expect(isTold({ url, events: ['*'] }, 'log.away')).toBe(true);
    expect(isTold({ url, events: ['log.back'] }, 'log.away')).toBe(false);
  });

  test('is told again for about twenty minutes and then no more', () => {
    const pauses: number[] = [];
    for (let tries = 1; tries < 100; tries += 1) pauses.push(pauseAfter(tries) ?? 0);
    const allMs = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(allMs).toBeGreaterThan(15 * 60_000);
    expect(allMs).toBeLessThan(25 * 60_000);
    expect(pauseAfter(99)).toBeUndefined();
  });
});

describe('Posting it', () => {
  const sent: string[] = [];
  const postVia = (
    send: (url: string) => Promise<Response>,
    addresses: readonly string[] = ['192.0.2.1'],
  ) =>
    createPost({
      send(url) {
        sent.push(url);
        return send(url);
      },
      lookup: () => Promise.resolve(addresses),
      secretOf: () => 'secret',
      now: () => nowMs,
      version: '1.0.0',
    });

  test('is signed over its time and its body', () => {
    const seconds = Math.floor(nowMs / 1_000);
    const expected = createHmac('sha256', 'secret').update(`${seconds}.{}`).digest('hex');
    expect(signatureOf('secret', '{}', nowMs)).toBe(`t=${seconds},v1=${expected}`);
    expect(signatureOf('other', '{}', nowMs)).not.toContain(expected);
  });

  test('never goes where a name leads to credentials of a cloud', async () => {
    const post = postVia(() => Promise.resolve(new Response()), ['192.0.2.1', '169.254.169.254']);
    expect(await post('https://innocent.example/hook', notice)).toMatchObject({
      status: null,
      error: 'its name leads to a link-local or metadata address',
    });
    expect(sent).not.toContain('https://innocent.example/hook');
  });

  test('says why it failed without quoting what may hold the address', async () => {
    const url = 'https://one.example/with-a-secret-in-it';
    const refused = Object.assign(new Error(`no way to ${url}`), { code: 'ConnectionRefused' });
    const { error } = await postVia(() => Promise.reject(refused))(url, notice);
    expect(error).toBe('it could not be reached (ConnectionRefused)');
    const late = new DOMException('late', 'TimeoutError');
    const silent = await postVia(() => Promise.reject(late))(url, notice);
    expect(silent.error).toBe('it did not answer within 5 s');
  });
});

describe('A list of webhooks', () => {
  const problemWith = (...urls: string[]) =>
    problemInWebhooks(urls.map((url) => ({ url, events: [] })));

  test('may hold any address but those that no receiver has', () => {
    expect(problemWith('https://one.example/a', 'http://127.0.0.1:9/b')).toBeUndefined();
    expect(problemWith('https://one.example', 'https://me:pw@two.example')).toContain('webhook 2');
    expect(problemWith('http://[::ffff:169.254.169.254]/')).toContain('metadata');
    expect(problemWith('http://2852039166/')).toContain('metadata');
    expect(problemWith('ftp://one.example')).toContain('neither http nor https');
    expect(problemWith('https://')).toContain('is no URL');
  });

  test('names each address once', () => {
    expect(problemWith('https://one.example/', 'https://one.example/')).toContain('webhook 2');
  });
});
