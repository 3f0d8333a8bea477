/** The files of the console, and what a browser is told about the pages that the gateway serves. */
import { join } from 'node:path';

const directives = (more: string): string =>
  `default-src 'none'; ${more}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** @param sources What the page may load, as the beginning of a Content-Security-Policy. */
export const htmlHeaders = (sources = ''): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': directives(sources),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
});

const consoleSources =
  "script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; ";
const folder = join(import.meta.dir, '../../web/dist');

const notBuilt = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Signalbox</title>
</head>
<body>
<h1>The console is not built</h1>
<p>Run <code>bun run build</code> in the folder that Signalbox was started from, then load this page again.</p>
<p>Everything else works: <a href="/docs">the API</a>, <a href="/health">its health</a>.</p>
</body>
</html>
`;

/** The one page of the console; what it shows is decided by its address in the browser. */
export async function consolePage(): Promise<Response> {
  const page = Bun.file(join(folder, 'index.html'));
  const isBuilt = await page.exists();
  return new Response(isBuilt ? await page.bytes() : notBuilt, {
    status: isBuilt ? 200 : 503,
    headers: { ...htmlHeaders(consoleSources), 'cache-control': 'no-store' },
  });
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
};

/** A file whose name says what is in it: it never changes. Undefined where there is none of this name. */
export async function consoleAsset(name: string, request: Request): Promise<Response | undefined> {
  const [, ending = ''] = /^[\w-]+(?:\.[\w-]+)*\.([a-z]+)$/.exec(name) ?? [];
  const type = types[ending];
  if (type === undefined) return undefined;
  const path = join(folder, 'assets', name);
  const packed = Bun.file(`${path}.gz`);
  const isPacked =
    /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '') && (await packed.exists());
  const file = isPacked ? packed : Bun.file(path);
  if (!(await file.exists())) return undefined;
  return new Response(await file.bytes(), {
    headers: {
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
      ...(isPacked && { 'content-encoding': 'gzip' }),
    },
  });
}
