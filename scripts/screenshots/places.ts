/** The addresses of all pages of the console, as its `app.tsx` has them. */
import { join } from 'node:path';

const app = join(import.meta.dir, '../../web/src/app.tsx');

export async function consolePaths(): Promise<string[]> {
  const text = await Bun.file(app).text();
  return [...text.matchAll(/^\s*(?:\{ )?path: '([^']+)'/gm)].map(([, path = '']) => path);
}
