/** `bun run build`: makes web/dist from web/src, each file also compressed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const web = join(import.meta.dir, '../web');

export async function buildConsole(): Promise<void> {
  await build({ configFile: join(web, 'vite.config.ts'), logLevel: 'warn' });
  const assets = join(web, 'dist/assets');
  for (const name of readdirSync(assets)) {
    const text = name.endsWith('.js') ? readFileSync(join(assets, name), 'utf8') : '';
    const [styled] = /<[a-z][^<>]*\sstyle=[^<>]*>/.exec(text) ?? [];
    if (styled !== undefined) {
      throw new Error(`${name}: the page's policy allows no inline style, use a class: ${styled}`);
    }
    if (!/\.(?:js|css|svg)$/.test(name)) continue;
    writeFileSync(
      join(assets, `${name}.gz`),
      gzipSync(readFileSync(join(assets, name)), { level: 9 }),
    );
  }
}

if (import.meta.main) await buildConsole();
