/** The part of Markdown that models write, read into data: nothing of it ever becomes HTML, and a link is only shown. */
export type Inline = Readonly<
  | { type: 'text' | 'code'; text: string }
  | { type: 'strong' | 'em'; content: readonly Inline[] }
  | { type: 'link'; text: string; url: string }
>;

export type Item = Readonly<{ text: string; blocks: readonly Block[] }>;

export type Block = Readonly<
  | { type: 'heading'; level: number; text: string }
  | { type: 'paragraph'; text: string }
  | { type: 'code'; language: string; text: string }
  | { type: 'list'; start: number | null; items: readonly Item[] }
  | { type: 'quote'; blocks: readonly Block[] }
  | { type: 'table'; head: readonly string[]; rows: readonly (readonly string[])[] }
  | { type: 'rule' }
>;

const deepest = 12;
const fenceOf = (line: string) => /^(\s*)(`{3,}|~{3,})\s*([^\s`]*)/.exec(line);
const itemOf = (line: string) => /^(\s*)(?:[-*+]|(\d{1,9})[.)])(?:\s+|$)(.*)$/.exec(line);
const heading = /^(#{1,6})\s+(.*)$/;
const rule = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const under = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const indentOf = (line: string): number => /^\s*/.exec(line)?.[0].length ?? 0;

/** Text as pieces that stand alone: while more of it comes, only the last of them changes. */
export function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  let lines: string[] = [];
  let fence: string | undefined;
  const end = () => {
    if (lines.length > 0) chunks.push(lines.join('\n'));
    lines = [];
  };
  for (const line of text.split('\n')) {
    const [, , mark] = fenceOf(line) ?? [];
    if (fence !== undefined) {
      lines.push(line);
      if (mark?.startsWith(fence) === true) {
        fence = undefined;
        end();
      }
    } else if (line.trim() === '') end();
    else {
      if (mark !== undefined) {
        end();
        fence = mark;
      }
      lines.push(line);
    }
  }
  end();
  return chunks;
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

type Read = Readonly<{ block: Block; next: number }>;

function codeAt(lines: readonly string[], at: number): Read | undefined {
  const [, indent = '', mark, language = ''] = fenceOf(lines[at] ?? '') ?? [];
  if (mark === undefined) return undefined;
  let next = at + 1;
  while (next < lines.length && fenceOf(lines[next] ?? '')?.[2]?.startsWith(mark) !== true)
    next += 1;
  const text = lines
    .slice(at + 1, next)
    .map((line) => line.slice(Math.min(indent.length, indentOf(line))))
    .join('\n');
  return { block: { type: 'code', language, text }, next: next + 1 };
}

function tableAt(lines: readonly string[], at: number): Read | undefined {
  const [head = '', line = ''] = lines.slice(at, at + 2);
  if (!head.includes('|') || !line.includes('-') || !under.test(line)) return undefined;
  let next = at + 2;
  while (lines[next]?.includes('|') === true) next += 1;
  const rows = lines.slice(at + 2, next).map(cellsOf);
  return { block: { type: 'table', head: cellsOf(head), rows }, next };
}

function listAt(lines: readonly string[], at: number, depth: number): Read | undefined {
  const first = itemOf(lines[at] ?? '');
  if (!first) return undefined;
  const indent = first[1]?.length ?? 0;
  const isOrdered = first[2] !== undefined;
  const items: Item[] = [];
  let next = at;
  for (;;) {
    const item = itemOf(lines[next] ?? '');
    const isNext = item && item[1]?.length === indent && (item[2] !== undefined) === isOrdered;
    if (!isNext) break;
    const from = next + 1;
    next = from;
    while (next < lines.length && indentOf(lines[next] ?? '') > indent) next += 1;
    const inner = lines.slice(from, next);
    items.push({ text: item[3] ?? '', blocks: blocksOf(inner, depth + 1) });
  }
  const start = isOrdered ? Number(first[2]) : null;
  return { block: { type: 'list', start, items }, next };
}

function quoteAt(lines: readonly string[], at: number, depth: number): Read | undefined {
  let next = at;
  while (/^\s*>/.test(lines[next] ?? '')) next += 1;
  if (next === at) return undefined;
  const inner = lines.slice(at, next).map((line) => line.replace(/^\s*>\s?/, ''));
  return { block: { type: 'quote', blocks: blocksOf(inner, depth + 1) }, next };
}

function lineAt(lines: readonly string[], at: number): Read | undefined {
  const line = lines[at] ?? '';
  if (rule.test(line)) return { block: { type: 'rule' }, next: at + 1 };
  const [, marks, text = ''] = heading.exec(line) ?? [];
  if (marks === undefined) return undefined;
  return {
    block: { type: 'heading', level: marks.length, text: text.replace(/\s#+$/, '') },
    next: at + 1,
  };
}

const special = (lines: readonly string[], at: number, depth: number): Read | undefined =>
  codeAt(lines, at) ??
  lineAt(lines, at) ??
  quoteAt(lines, at, depth) ??
  tableAt(lines, at) ??
  listAt(lines, at, depth);

/** What is nested too deeply is text. */
export function blocksOf(lines: readonly string[], depth = 0): Block[] {
  if (depth > deepest) return [{ type: 'paragraph', text: lines.join('\n') }];
  const blocks: Block[] = [];
  let words: string[] = [];
  const end = () => {
    if (words.length > 0) blocks.push({ type: 'paragraph', text: words.join('\n') });
    words = [];
  };
  for (let at = 0; at < lines.length;) {
    const read = special(lines, at, depth);
    if (read) {
      end();
      blocks.push(read.block);
      at = read.next;
      continue;
    }
    const line = lines[at]?.trim() ?? '';
    if (line === '') end();
    else words.push(line);
    at += 1;
  }
  end();
  return blocks;
}

/** Bounded: what has no end is not looked for to the end of the text, again and again. */
const marks =
  /(`{1,8})([^`]{1,1000})\1(?!`)|\*\*((?:[^*]|\*(?!\*)){1,1000})\*\*|\*([^*\s][^*]{0,500})\*|(?<!\w)_([^_\s][^_]{0,500})_(?!\w)|!?\[([^[\]\n]{1,300})\]\(([^()\s]{1,2000})\)/g;

export function inlineOf(text: string, depth = 0): Inline[] {
  if (depth > 3) return [{ type: 'text', text }];
  const found: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > from) found.push({ type: 'text', text: text.slice(from, match.index) });
    const [whole, , code, strong, star, line, label, url] = match;
    const em = star ?? line;
    if (code !== undefined) found.push({ type: 'code', text: code.trim() || code });
    else if (strong !== undefined)
      found.push({ type: 'strong', content: inlineOf(strong, depth + 1) });
    else if (em !== undefined) found.push({ type: 'em', content: inlineOf(em, depth + 1) });
    else found.push({ type: 'link', text: label ?? '', url: url ?? '' });
    from = match.index + whole.length;
  }
  if (from < text.length) found.push({ type: 'text', text: text.slice(from) });
  return found;
}
