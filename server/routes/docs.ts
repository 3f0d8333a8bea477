/** The API's documentation: the OpenAPI document, and Swagger UI with every file from here. */
import { Elysia, type AnyElysia } from 'elysia';
import { htmlHeaders } from '../http/console.ts';
import type { Door } from '../http/door.ts';
import { notFound } from '../errors.ts';
import { openApiOf } from '../http/openApi.ts';
import type { Services } from '../services.ts';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Signalbox API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
const pageSources =
  "script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; ";

/** No validator: it would send the document to another host. */
const start = `SwaggerUIBundle({ url: '/docs/json', dom_id: '#swagger-ui', validatorUrl: null });\n`;

const file = (url: string) => new Response(Bun.file(new URL(url)));
const assets: Readonly<Record<string, () => Response>> = {
  'swagger-ui.css': () => file(import.meta.resolve('swagger-ui-dist/swagger-ui.css')),
  'swagger-ui-bundle.js': () => file(import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js')),
  'start.js': () => new Response(start, { headers: { 'content-type': 'text/javascript' } }),
};

/** @param routes Makes the documented routes anew; the generator keeps what it gets. */
export function docsRoutes({ config }: Services, { plugin }: Door, routes: () => AnyElysia) {
  let document: ReturnType<typeof openApiOf> | undefined;
  const hidden = { detail: { hide: true } } as const;
  return new Elysia({ name: 'docs' })
    .use(plugin)
    .get('/docs', () => new Response(page, { headers: htmlHeaders(pageSources) }), hidden)
    .get('/docs/json', () => (document ??= openApiOf(routes(), config.version)), hidden)
    .get(
      '/docs/:asset',
      ({ params, set }) => {
        const asset = Object.hasOwn(assets, params.asset) ? assets[params.asset] : undefined;
        if (!asset) throw notFound('GET', `/docs/${params.asset}`);
        set.headers['cache-control'] = 'max-age=3600';
        return asset();
      },
      hidden,
    );
}
