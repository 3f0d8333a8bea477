/** The Markdown that the console reads: data, never HTML. */
import { describe, expect, test } from 'bun:test';
import { blocksOf, chunksOf, inlineOf } from '../../web/src/words/markdown.ts';

const read = (text: string) => chunksOf(text).flatMap((chunk) => blocksOf(chunk.split('\n')));

describe('blocks', () => {
  test('are headings, paragraphs, lists with lists in them, quotes, tables and rules', () => {
    const text =
      '# One\nTwo\nlines\n\n- a\n- b\n  1. c\n\n> said\n\n| x | y |\n|---|:-:|\n| 1 | 2 |\n\n---';
    expect(read(text)).toEqual([
      { type: 'heading', level: 1, text: 'One' },
      { type: 'paragraph', text: 'Two\nlines' },
      {
        type: 'list',
        start: null,
        items: [
          { text: 'a', blocks: [] },
          {
            text: 'b',
            blocks: [{ type: 'list', start: 1, items: [{ text: 'c', blocks: [] }] }],
          },
        ],
      },
      { type: 'quote', blocks: [{ type: 'paragraph', text: 'said' }] },
      { type: 'table', head: ['x', 'y'], rows: [['1', '2']] },
      { type: 'rule' },
    ]);
  });

  test('keep empty lines and marks in code, also while its end has not come', () => {
    expect(read('```ts\nconst a = 1;\n\n# no heading\n```\nafter')).toEqual([
      { type: 'code', language: 'ts', text: 'const a = 1;\n\n# no heading' },
      { type: 'paragraph', text: 'after' },
    ]);
    expect(read('~~~\nhalf')).toEqual([{ type: 'code', language: '', text: 'half' }]);
  });

  test('before the last one do not change while more comes', () => {
    const text = 'One\n\n- a\n- b\n\n```\ncode\n```\n\nlast';
    for (let length = 0; length <= text.length; length += 1) {
      const known = chunksOf(text.slice(0, length)).slice(0, -1);
      expect(chunksOf(text).slice(0, known.length)).toEqual(known);
    }
  });

  test('nested without end are read in bounded time', () => {
    const startedMs = performance.now();
    read('> '.repeat(20_000));
    read(`${'**a'.repeat(20_000)} ${'`'.repeat(20_000)} ${'['.repeat(20_000)}`);
    inlineOf(`${'*a '.repeat(20_000)} ${'[a]('.repeat(20_000)}${'_b'.repeat(20_000)}`);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe('what stands in a line', () => {
  test('is code, strong, stressed, or a link that is only shown', () => {
    expect(inlineOf('a `b*c*` **d *e*** [f](javascript:x) snake_case_name <b>g</b>')).toEqual([
      { type: 'text', text: 'a ' },
      { type: 'code', text: 'b*c*' },
      { type: 'text', text: ' ' },
      expect.objectContaining({ type: 'strong' }),
      expect.anything(),
      { type: 'link', text: 'f', url: 'javascript:x' },
      { type: 'text', text: ' snake_case_name <b>g</b>' },
    ]);
  });
});
