/** The first page, and the old paths that lead to it. */
import { Elysia } from 'elysia';
import { firstPage, htmlHeaders } from '../http/console.ts';
import type { Door } from '../http/door.ts';
import type { Services } from '../services.ts';

const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
const hidden = { detail: { hide: true } } as const;

export const pageRoutes = ({ config }: Services, { plugin }: Door) =>
  new Elysia({ name: 'pages' })
    .use(plugin)
    .get('/', () => new Response(firstPage(config.version), { headers: htmlHeaders() }), hidden)
    .get('/middleware', to('/'), hidden)
    .get('/middleware/swagger', to('/docs'), hidden)
    .get('/middleware/login', to('/'), hidden)
    .get('/middleware/settings', to('/'), hidden)
    .get('/middleware/mcp/servers', to('/'), hidden)
    .get('/middleware/mcp/tools', to('/'), hidden)
    .get('/middleware/mcp/logs', to('/'), hidden);
