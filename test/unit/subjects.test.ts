/** Identifiers and subjects: what may stand in a subject, and what is read back from one. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { controlKinds } from '../../events/event.ts';
import {
  actorId,
  isActorId,
  newBatchId,
  newEventId,
  newRequestId,
  parseTraceparent,
  slugOf,
  traceIdOf,
} from '../../events/ids.ts';
import { actorOfSubject, actorSubject, trafficSubject } from '../../events/subjects.ts';

describe('An actor id', () => {
  test('is a slug of 1 to 80 characters', () => {
    const good = ['a', '7', 'my-groq-eu', 'a'.repeat(80), '2026-11-20-1'];
    const bad = ['', '-a', 'a-', 'A', 'a.b', 'a*', '>', 'a b', 'a\n', 'ä', 'a_b', 'a'.repeat(81)];
    expect(good.filter((text) => !isActorId(text))).toEqual([]);
    expect(bad.filter((text) => isActorId(text))).toEqual([]);
  });

  test('that is none throws and names it, shortened', () => {
    expect(actorId('key-1')).toBe(actorId('key-1'));
    expect(() => actorId('sbx.>')).toThrow('"sbx.>" is not an id');
    expect(() => actorId('x'.repeat(5000))).toThrow(TypeError);
  });

  test('can be made of any name that has something to keep', () => {
    expect(slugOf('My Groq (EU)')).toBe('my-groq-eu');
    expect(slugOf('***')).toBe('');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const slug = slugOf(name);
        return slug === '' || isActorId(slug);
      }),
    );
  });
});

describe('New ids', () => {
  test('are unique and sort by the time they were made', () => {
    for (const make of [newEventId, newRequestId, newBatchId] as (() => string)[]) {
      const ids = Array.from({ length: 1000 }, make);
      expect(new Set(ids).size).toBe(1000);
      expect(ids.toSorted()).toEqual(ids);
    }
  });

  test('of requests become trace ids of 32 hex digits', () => {
    expect(traceIdOf(newRequestId())).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('A traceparent header', () => {
  test('gives its trace id', () => {
    const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(parseTraceparent(header)).toBe('4bf92f3577b34da6a3ce929d0e0e4736' as never);
  });

  test('that is absent, malformed or all zeros gives none', () => {
    const zeros = `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`;
    const upper = '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01';
    for (const header of [null, '', 'x', zeros, upper]) {
      expect(parseTraceparent(header)).toBeUndefined();
    }
  });
});

describe('A subject', () => {
  test('of an actor names the actor again', () => {
    for (const kind of controlKinds) {
      const actor = { kind, id: actorId('some-1') };
      expect(actorSubject(actor)).toBe(`sbx.control.${kind}.some-1`);
      expect(actorOfSubject(actorSubject(actor))).toEqual(actor);
    }
  });

  test('of a conversation names it again', () => {
    const actor = { kind: 'conversation', id: actorId('some-1') } as const;
    expect(actorSubject(actor)).toBe('sbx.conversation.some-1');
    expect(actorOfSubject('sbx.conversation.some-1')).toEqual(actor);
  });

  test('of anything else names no actor', () => {
    const others = [
      '',
      'sbx.control',
      'sbx.control.provider',
      'sbx.control.provider.',
      'sbx.control.provider.a.b',
      'sbx.control.provider.A',
      'sbx.control.teapot.a',
      'sbx.traffic.provider.a',
      'sbx.control.conversation.a',
      'sbx.conversation',
      'sbx.conversation.A',
      'sbx.conversation.a.b',
      'abc.control.provider.a',
      trafficSubject('gateway-1'),
    ];
    expect(others.filter((subject) => actorOfSubject(subject))).toEqual([]);
  });
});
