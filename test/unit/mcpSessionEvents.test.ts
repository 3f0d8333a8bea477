/** What is kept for streams that are cut: exact, in order, and never more than its bounds. */
import { expect, test } from 'bun:test';
import { createEventShelf } from '../../server/mcp/sessions/eventShelf.ts';

const roomy = { mostEventsPerSession: 100, mostBytesPerSession: 1_000, mostBytesInAll: 10_000 };

test('what follows an event is replayed in order, of its stream alone', () => {
  const events = createEventShelf(roomy).ofSession();
  const start = events.mark('p1');
  const first = events.keep('p1', 'a');
  events.keep('p2', 'other');
  events.keep('p1', 'b');
  const texts = (position: number) => events.after('p1', position)?.events.map(({ text }) => text);
  expect(texts(start)).toEqual(['a', 'b']);
  expect(texts(first)).toEqual(['b']);
  expect(events.after('p3', 0)).toBeUndefined();
  expect(events.after('p1', 99)).toBeUndefined();
});

test('the oldest makes room, and what was after it is not passed off as whole', () => {
  const shelf = createEventShelf({ ...roomy, mostEventsPerSession: 2 });
  const events = shelf.ofSession();
  const first = events.keep('p1', 'a');
  const second = events.keep('p1', 'b');
  events.keep('p1', 'c');
  expect(events.after('p1', first)?.isWhole).toBe(true);
  events.keep('p2', 'd');
  expect(events.after('p1', first)?.isWhole).toBe(false);
  expect(events.after('p1', second)?.isWhole).toBe(true);
  expect(shelf.bytes()).toBe(2);
});

test('a message larger than all room is not kept, and takes the room of no other session', () => {
  const shelf = createEventShelf(roomy);
  const other = shelf.ofSession();
  other.keep('g1', 'kept');
  const events = shelf.ofSession();
  const start = events.mark('p1');
  events.keep('p1', 'x'.repeat(1_001));
  expect(events.after('p1', start)?.isWhole).toBe(false);
  expect(other.after('g1', 0)?.events).toHaveLength(1);
  expect(shelf.bytes()).toBe(4);
});

test('all sessions together have a bound, and give all back when they end', () => {
  const shelf = createEventShelf({ ...roomy, mostBytesInAll: 1_500 });
  const [first, second] = [shelf.ofSession(), shelf.ofSession()];
  first.keep('p1', 'x'.repeat(900));
  second.keep('p1', 'y'.repeat(900));
  expect(shelf.bytes()).toBe(900);
  expect(first.after('p1', 0)?.isWhole).toBe(false);
  first.clear();
  second.clear();
  expect(shelf.bytes()).toBe(0);
});

test('a stream that is over is forgotten with its last event', () => {
  const events = createEventShelf({ ...roomy, mostEventsPerSession: 1 }).ofSession();
  events.keep('p1', 'a');
  events.end('p1');
  expect(events.after('p1', 0)).toBeDefined();
  events.keep('p2', 'b');
  expect(events.after('p1', 0)).toBeUndefined();
});
