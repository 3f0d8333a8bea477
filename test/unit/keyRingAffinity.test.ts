/** What was begun on one key goes on there, for as much as fits into memory. */
import { expect, test } from 'bun:test';
import { actorId } from '../../events/ids.ts';
import { createAffinity } from '../../server/keyRing/affinity.ts';

const [a, b] = [actorId('a'), actorId('b')];

test('the maker of any of the ids is found', () => {
  const affinity = createAffinity();
  affinity.made(['resp_1', 'file_1'], a);
  expect(affinity.makerOf(['unknown', 'file_1'])).toBe(a);
  expect(affinity.makerOf(['unknown'])).toBeUndefined();
  expect(affinity.makerOf([])).toBeUndefined();
});

test('a conversation stays with the key that answered last', () => {
  const affinity = createAffinity();
  affinity.answered('talk', a);
  affinity.answered('talk', b);
  expect(affinity.keyOf('talk')).toBe(b);
  expect(affinity.keyOf('other')).toBeUndefined();
});

test('an id and a conversation of the same name are two things', () => {
  const affinity = createAffinity();
  affinity.made(['x'], a);
  expect(affinity.keyOf('x')).toBeUndefined();
});

test('the least recently used is forgotten first', () => {
  const affinity = createAffinity(2);
  affinity.answered('one', a);
  affinity.answered('two', a);
  affinity.keyOf('one');
  affinity.answered('three', b);
  expect(affinity.keyOf('one')).toBe(a);
  expect(affinity.keyOf('two')).toBeUndefined();
});
