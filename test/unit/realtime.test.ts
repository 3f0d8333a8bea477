/** Realtime and Live sessions: subprotocols, how they end, what passes in them. */
import { describe, expect, test } from 'bun:test';
import {
  complaintAt,
  complaintIn,
  forClient,
  outcomeOf,
  stopping,
} from '../../server/realtime/closing.ts';
import { watchSession } from '../../server/realtime/sessionWatch.ts';
import { chosenSubprotocol, readSubprotocols } from '../../server/realtime/subprotocols.ts';
import type { Complaint } from '../../server/realtime/closing.ts';

describe('Subprotocols', () => {
  test('lose the key among them, however it is written', () => {
    expect(readSubprotocols('realtime, openai-insecure-api-key.k1,openai-project.p')).toEqual({
      credential: 'k1',
      offered: ['realtime', 'openai-project.p'],
    });
    expect(readSubprotocols('OpenAI-Insecure-API-Key.k1, openai-insecure-api-key.k2')).toEqual({
      credential: 'k1',
      offered: [],
    });
    expect(readSubprotocols(null)).toEqual({ credential: null, offered: [] });
    expect(readSubprotocols(' , ')).toEqual({ credential: null, offered: [] });
  });

  test('are answered with one that was offered', () => {
    expect(chosenSubprotocol(['a', 'b'], 'b')).toBe('b');
    expect(chosenSubprotocol(['a', 'realtime'], '')).toBe('realtime');
    expect(chosenSubprotocol(['a'], 'c')).toBe('a');
    expect(chosenSubprotocol([], 'c')).toBeUndefined();
  });
});

describe('The end of a session', () => {
  const by = (who: 'client' | 'vendor', code: number, reason = '') => ({ by: who, code, reason });

  test('is what the log calls it', () => {
    expect(outcomeOf(by('client', 1000))).toBe('completed');
    expect(outcomeOf(by('client', 4000))).toBe('completed');
    expect(outcomeOf(by('client', 1006))).toBe('cancelled');
    expect(outcomeOf(by('vendor', 1005))).toBe('completed');
    expect(outcomeOf(by('vendor', 1006))).toBe('truncated');
    expect(outcomeOf(by('vendor', 1011))).toBe('failed');
    expect(outcomeOf(stopping)).toBe('truncated');
  });

  test('is told to the client with a code that may be sent', () => {
    expect(forClient(by('vendor', 3000, 'expired'))).toMatchObject({
      code: 3000,
      reason: 'expired',
    });
    expect(forClient(by('vendor', 1006)).code).toBe(1011);
    expect(forClient(by('vendor', 1015)).code).toBe(1011);
  });

  test('is held against the key only where it is the reason', () => {
    const status = (dialect: 'openai' | 'gemini', code: number, reason: string) =>
      complaintAt(dialect, by('vendor', code, reason))?.status;
    expect(status('gemini', 1007, 'API key not valid. Please pass a valid API key.')).toBe(401);
    expect(status('gemini', 1011, 'You exceeded your current quota, please check')).toBe(429);
    expect(status('gemini', 1008, 'Your API key was reported as leaked.')).toBe(403);
    expect(status('openai', 3000, 'invalid_request_error.invalid_api_key')).toBe(401);
    expect(status('openai', 4000, 'session_expired')).toBeUndefined();
    expect(status('gemini', 1007, 'Request contains an invalid argument.')).toBeUndefined();
    expect(status('gemini', 1000, 'API key not valid')).toBeUndefined();
    expect(complaintAt('openai', by('client', 3000, 'invalid_api_key'))).toBeNull();
    expect(complaintIn('{"error":{"code":"unknown_parameter"}}')).toBeNull();
  });
});

describe('What passes in a session', () => {
  function watched(isLimited = false) {
    const ids: string[] = [];
    const complaints: Complaint[] = [];
    const watch = watchSession({
      isLimited,
      onIds: (found) => void ids.push(...found),
      onComplaint: (complaint) => void complaints.push(complaint),
    });
    return { watch, ids, complaints };
  }
  const text = (json: object) => JSON.stringify(json);

  test('names its model in any of the ways there are', () => {
    const { watch } = watched(true);
    const named = [{ model: 'm' }, { session: { model: 'm' } }, { response: { model: 'm' } }];
    for (const json of named) expect(watch.fromClient(text(json))).toBe('m');
    expect(watch.fromClient(Buffer.from('{"setup":{"model":"models/m"}}'))).toBe('m');
    for (const none of ['{', 'x', '[]', '{"session":5}']) expect(watch.fromClient(none)).toBeNull();
  });

  test('is read at the beginning, and all along for a client with limits', () => {
    const [free, limited] = [watched().watch, watched(true).watch];
    const late = text({ type: 'response.create', model: 'm' });
    for (let at = 0; at < 8; at += 1) for (const one of [free, limited]) one.fromClient('{}');
    expect(free.fromClient(late)).toBeNull();
    expect(limited.fromClient(late)).toBe('m');
    const padded = text({ model: 'm', instructions: 'x'.repeat(2 * 1024 * 1024) });
    expect(limited.fromClient(padded)).toBe('m');
  });

  test('counts tokens over all answers, sound apart', () => {
    const { watch, ids } = watched();
    const done = (type: string, more: object) =>
      text({ type, response: { id: 'resp_1', ...more } });
    const usage = {
      total_tokens: 30,
      input_tokens: 10,
      output_tokens: 20,
      input_token_details: { cached_tokens: 4, audio_tokens: 6 },
      output_token_details: { audio_tokens: 15 },
    };
    watch.fromVendor(text({ type: 'response.output_audio.delta', delta: 'AAAA' }));
    watch.fromVendor(done('response.done', { usage }));
    watch.fromVendor(done('response.completed', { usage }));
    watch.fromVendor(text({ type: 'response.done', response: { usage: null } }));
    expect(watch.usage()).toMatchObject({
      inputTokens: 20,
      outputTokens: 40,
      cachedTokens: 8,
      parts: { inputAudioTokens: 12, outputAudioTokens: 30 },
    });
    expect(ids).toContain('resp_1');
  });

  test('tells of a limit that an answer failed for, and not of a caller’s mistake', () => {
    const { watch, complaints } = watched();
    watch.fromVendor(text({ type: 'error', error: { code: 'unknown_parameter' } }));
    expect(complaints).toEqual([]);
    const error = { type: 'insufficient_quota', code: 'insufficient_quota' };
    const response = { status: 'failed', status_details: { type: 'failed', error } };
    watch.fromVendor(text({ type: 'response.done', response }));
    expect(complaints.map(({ status }) => status)).toEqual([429]);
    expect(JSON.parse(complaints[0]?.body ?? '')).toEqual({ error });
  });
});
