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

test('a long id is found again, and takes no more room than another', () => {
  const affinity = createAffinity();
  const long = 'x'.repeat(1_000_000);
  affinity.made([long], a);
  affinity.answered(long, b);
  expect(affinity.makerOf([long])).toBe(a);
  expect(affinity.keyOf(long)).toBe(b);
  expect(affinity.makerOf([`${long}y`])).toBeUndefined();
});

test('of many ids as many are kept as there is room for', () => {
  const affinity = createAffinity(1_000);
  for (let number = 0; number < 100_000; number++) affinity.made([`id-${number}`], a);
  const found = Array.from({ length: 100_000 }, (_, number) => affinity.makerOf([`id-${number}`]));
  expect(found.filter((maker) => maker === a)).toHaveLength(1_000);
});
