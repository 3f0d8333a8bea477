/** What a model is told of the turns before, and what a conversation is called. */
import { expect, test } from 'bun:test';
import type { NeutralMessage } from '../../events/neutralMessage.ts';
import { lastOf, titleOf } from '../../server/conversations/history.ts';

const said = (role: 'user' | 'assistant', text: string): NeutralMessage => ({
  role,
  parts: [{ type: 'text', text }],
});
const result: NeutralMessage = {
  role: 'user',
  parts: [{ type: 'toolResult', callId: 'call-1', content: [] }],
};
const call: NeutralMessage = {
  role: 'assistant',
  parts: [{ type: 'toolCall', id: 'call-1', name: 'weather', input: {} }],
};

test('the last messages begin with something that a person said', () => {
  const all = [
    said('user', '1'),
    said('assistant', '2'),
    said('user', '3'),
    said('assistant', '4'),
  ];
  const next = said('user', '5');
  expect(lastOf([...all, next], 3)).toEqual([...all.slice(2), next]);
  expect(lastOf([...all, next], 4)).toEqual([...all.slice(2), next]);
  expect(lastOf([...all, next], 100)).toEqual([...all, next]);
});

test('a chain of calls is sent whole, although it is longer', () => {
  const chain = [said('user', '3'), call, result, call, result];
  expect(lastOf([said('user', '1'), said('assistant', '2'), ...chain], 2)).toEqual(chain);
});

test.each<[string, string | null]>([
  ['  Hello,   world \nand all', 'Hello, world'],
  ['', null],
  ['  \n ', null],
  ['word '.repeat(30), `${'word '.repeat(12).trim()}…`],
  ['x'.repeat(80), `${'x'.repeat(60)}…`],
  ['🚀'.repeat(61), `${'🚀'.repeat(60)}…`],
])('a conversation that begins with %j is called so', (text, title) => {
  expect(titleOf(said('user', text))).toBe(title);
});
