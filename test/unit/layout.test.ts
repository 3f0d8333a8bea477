/** What a stranger finds first: folders that README names, files that say what they are for, commands that there are. */
import { expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';

const root = join(import.meta.dir, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const ours = ['events', 'actors', 'server', 'web', 'scripts', 'test'];

test('README says of every folder what is in it', () => {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const there = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !ignored.includes(`${name}/`));
  const named = [...readme.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, name]) => name);
  expect(named).toEqual(ours);
  expect(there.toSorted()).toEqual(ours.toSorted());
});

test('README names only commands and files that there are', () => {
  const commands = [...readme.matchAll(/bun run (\w+)/g)].map(([, name]) => String(name));
  expect(commands.filter((name) => !(name in packageJson.scripts))).toEqual([]);
  const links = [...readme.matchAll(/\]\((?!\w+:)([^)#]+)\)/g)].map(([, path]) => String(path));
  const paths = [...readme.matchAll(/\.\/(scripts\/\w+)/g)].map(([, path]) => String(path));
  expect([...links, ...paths].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('README names every command that a developer runs', () => {
  const named = new Set([...readme.matchAll(/bun run (\w+)/g)].map(([, name]) => name));
  // These two are the scripts that README begins with.
  const begun = ['start', 'test'];
  const all = Object.keys(packageJson.scripts).filter((name) => !begun.includes(name));
  expect(all.filter((name) => !named.has(name))).toEqual([]);
});

test('a file says in its first line what it is for', () => {
  const silent = [...new Bun.Glob(`{${ours.join(',')}}/**/*.{ts,tsx,css}`).scanSync(root)]
    .filter((path) => !/^web\/dist\/|node_modules\/|\.d\.ts$|test\/fixtures\//.test(path))
    .filter((path) => !readFileSync(join(root, path), 'utf8').startsWith('/*'));
  expect(silent).toEqual([]);
});
