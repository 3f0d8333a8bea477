/** A conversation keeps its meaning when it goes from vendor to vendor. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NeutralMessage } from '../../../events/neutralMessage.ts';
import { dialects } from '../../../server/dialects/dialects.ts';
import { moved, orders, tools } from '../../fixtures/dialects/moves.ts';
import { meaningOf } from '../../fixtures/dialects/meaning.ts';

const golden = join(import.meta.dir, '../../fixtures/dialects');

/** A file that is missing is written, to be read by whoever removed it. */
function expected(name: string, actual: unknown): unknown {
  const file = join(golden, `${name}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`);
  throw new Error(`${file} was written: read it and run the test again`);
}

describe('A conversation moved', () => {
  for (const order of orders) {
    const name = order.join('-');

    test(`from ${order.join(' to ')} is asked as in its golden file`, () => {
      const { requests } = moved(order);
      expect(JSON.parse(JSON.stringify(requests))).toEqual(expected(name, requests));
    });

    test(`from ${order.join(' to ')} says to the last what was said`, () => {
      const { messages, requests } = moved(order);
      const last = requests.at(-1)!;
      const read = dialects[order[2]].questionOf(last.body, last.path)!;
      expect(meaningOf(read.messages)).toEqual(meaningOf(messages));
      expect(read.system).toBe('You know colours.');
      expect(read.tools).toEqual([...tools]);
    });

    test(`read and written by ${order.join(', ')} in turn is still the same`, () => {
      const { messages } = moved(order);
      let said: readonly NeutralMessage[] = messages;
      for (const dialect of order) {
        const form = dialects[dialect];
        const { path, body } = form.requestOf({ model: 'm', messages: said, tools, stream: false });
        said = form.questionOf(JSON.parse(JSON.stringify(body)), path)!.messages;
      }
      expect(meaningOf(said)).toEqual(meaningOf(messages));
    });
  }
});
