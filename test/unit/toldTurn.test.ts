/** A turn as the console hears it, over a lost connection too. */
import { expect, test } from 'bun:test';
import { tell, untold, type ToldTurn } from '../../web/src/live/toldTurn.ts';

type Told = readonly [name: string, data: Readonly<Record<string, unknown>>, id?: string];
const hear = (before: ToldTurn, ...events: readonly Told[]): ToldTurn =>
  events.reduce((told, [name, data, id]) => tell(told, name, data, id), before);

const turn: Told = ['turn', { turn_id: 't', turn: 3, model: 'gpt-5' }];
const thinks: Told = ['thinking', { text: 'Hm' }, 't:0'];
const says = (text: string, atChars: number): Told => ['delta', { text }, `t:${atChars}`];
const calls: Told = ['tool_call', { id: 'c', name: 'look' }, 't:5'];
const input = (json: string): Told => ['tool_input', { id: 'c', json }, 't:5'];

test('the answer comes together piece by piece', () => {
  const told = hear(
    untold,
    turn,
    thinks,
    says('Hel', 3),
    says('lo', 5),
    calls,
    input('{"a"'),
    input(':1}'),
  );
  expect(told).toMatchObject({ turnId: 't', number: 3, model: 'gpt-5', lastEventId: 't:5' });
  expect(told.pieces).toMatchObject([
    { type: 'thinking', text: 'Hm' },
    { type: 'text', text: 'Hello' },
    { type: 'tool_call', name: 'look', json: '{"a":1}' },
  ]);
  expect(hear(told, ['done', {}]).isOver).toBe(true);
});

test('a lost connection goes on after what was told last, also beside the text', () => {
  const told = hear(untold, turn, says('Hello', 5), ['tool_call', { id: 'c', name: 'f' }, 't:5.1']);
  expect(told.lastEventId).toBe('t:5.1');
});
