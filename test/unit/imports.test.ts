/** Keeps the directions of imports, and the places where a rule of the house may be left. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dir, '../..');

/** What a top-level folder may import from; scripts and test may import anything. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  events: ['events'],
  actors: ['events', 'actors'],
  server: ['events', 'actors', 'server', 'package.json'],
  web: ['web', 'server'],
};

type Import = Readonly<{ from: string; isTypeOnly: boolean; isReExport: boolean }>;
type Source = Readonly<{ path: string; text: string; imports: readonly Import[] }>;

const statement =
  /^(?<verb>import|export)\s+(?<type>type\s)?(?:[^'";]*?\sfrom\s+)?'(?<static>[^']+)'|\bimport\(\s*'(?<dynamic>[^']+)'/gm;

function importsOf(text: string): Import[] {
  return [...text.matchAll(statement)].map(({ groups = {} }) => ({
    from: groups['static'] ?? groups['dynamic'] ?? '',
    isTypeOnly: groups['type'] !== undefined,
    isReExport: groups['verb'] === 'export',
  }));
}

const folderOf = (path: string): string => String(path.split('/')[0]);

const sources: Source[] = [
  ...new Bun.Glob('{events,actors,server,web,scripts,test}/**/*.{ts,tsx}').scanSync(root),
]
  .filter((path) => !path.startsWith('web/dist/') && !path.includes('node_modules/'))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, imports: importsOf(text) };
  });
const product = sources.filter(({ path }) => folderOf(path) in mayImport);

const isRelative = ({ from }: Import): boolean => from.startsWith('.');
const targetOf = (path: string, one: Import): string =>
  relative(root, join(root, dirname(path), one.from));

/** Every breach as `file: what`, so that a failure names them all. */
const breaches = (
  of: readonly Source[],
  check: (source: Source, one: Import) => string | false,
): string[] =>
  of.flatMap((source) =>
    source.imports.flatMap((one) => {
      const breach = check(source, one);
      return breach === false ? [] : [`${source.path}: ${breach}`];
    }),
  );

test('the reader of imports sees every form of them', () => {
  const text = [
    "import './a.ts';",
    "import type { B } from './b.ts';",
    "import {\n  c,\n  type D,\n} from './c.ts';",
    "export { e } from './e.ts';",
    "const f = await import('./f.ts');",
    "const text = 'no import';",
  ].join('\n');
  expect(importsOf(text).map((one) => one.from)).toEqual([
    './a.ts',
    './b.ts',
    './c.ts',
    './e.ts',
    './f.ts',
  ]);
  expect(importsOf(text).filter((one) => one.isTypeOnly)).toHaveLength(1);
  expect(product.length).toBeGreaterThan(30);
});

test('imports run one way: events, actors, server', () => {
  const wrong = breaches(product, ({ path }, one) => {
    const target = isRelative(one) ? folderOf(targetOf(path, one)) : undefined;
    if (target === undefined || mayImport[folderOf(path)]?.includes(target)) return false;
    return `imports from ${target}`;
  });
  expect(wrong).toEqual([]);
});

test('the web takes types only, and from server/app.ts only', () => {
  const wrong = breaches(product, ({ path }, one) => {
    if (folderOf(path) !== 'web' || !isRelative(one)) return false;
    const target = targetOf(path, one);
    if (folderOf(target) !== 'server') return false;
    return target === 'server/app.ts' && one.isTypeOnly ? false : `takes ${target}`;
  });
  expect(wrong).toEqual([]);
});

test('a relative import names its file with the ending', () => {
  const wrong = breaches(
    sources,
    (_source, one) =>
      isRelative(one) && !/\.(ts|tsx|json|css|sql)$/.test(one.from) && `imports '${one.from}'`,
  );
  expect(wrong).toEqual([]);
});

test('no file hands on what another one exports, and none is a barrel', () => {
  const wrong = breaches(
    product,
    (_source, one) => one.isReExport && isRelative(one) && `exports from '${one.from}'`,
  );
  const barrels = product.filter(
    ({ path, text }) => /\/index\.tsx?$/.test(path) || /^export \*/m.test(text),
  );
  expect([...wrong, ...barrels.map(({ path }) => path)]).toEqual([]);
});

test('there is no default export outside the configuration of a tool', () => {
  const wrong = sources.filter(
    ({ path, text }) => !path.endsWith('.config.ts') && /^export default\b/m.test(text),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('only server/config.ts reads the environment', () => {
  const wrong = product.filter(
    ({ path, text }) =>
      path !== 'server/config.ts' && /\b(process|Bun|import\.meta)\.env\b/.test(text),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});
