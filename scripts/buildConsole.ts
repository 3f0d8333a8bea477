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
    if (!/\.(?:js|css|svg)$/.test(name)) continue;
    writeFileSync(
      join(assets, `${name}.gz`),
      gzipSync(readFileSync(join(assets, name)), { level: 9 }),
    );
  }
}

if (import.meta.main) await buildConsole();
