/** What a start loads: of MCP nothing that only a server or a client of MCP needs. */
import { expect, test } from 'bun:test';
import * as client from '@modelcontextprotocol/client';
import * as server from '@modelcontextprotocol/server';
import { dirname, join } from 'node:path';
import * as words from '../../server/mcp/rpc/words.ts';

const transpiler = new Bun.Transpiler({ loader: 'ts' });

/** Packages that are loaded with this file, and with what it loads. */
async function packagesOf(path: string, seen: Set<string>, found: Set<string>): Promise<void> {
  if (seen.has(path)) return;
  seen.add(path);
  for (const { kind, path: to } of transpiler.scanImports(await Bun.file(path).text())) {
    if (kind !== 'import-statement') continue;
    if (to.startsWith('.') && to.endsWith('.ts'))
      await packagesOf(join(dirname(path), to), seen, found);
    else if (!to.startsWith('.')) found.add(to);
  }
}

test('a gateway starts without the SDK, and without what reads schemas and files of servers', async () => {
  const found = new Set<string>();
  await packagesOf(join(import.meta.dir, '../../server/main.ts'), new Set(), found);
  expect(found).toContain('elysia');
  const late = /^(@modelcontextprotocol|ajv|re2js|yaml|chokidar)/;
  expect([...found].filter((name) => late.test(name))).toEqual([]);
});

test("the protocol's words are those of the SDK", () => {
  const { isJsonType: _, ...constants } = words;
  for (const sdk of [client, server]) expect(sdk).toMatchObject(constants);
});
