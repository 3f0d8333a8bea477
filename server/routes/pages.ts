/** Old paths, and the first one, that lead to the console's pages. */
import { Elysia } from 'elysia';
import type { Door } from '../http/door.ts';

const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
const hidden = { detail: { hide: true } } as const;

export const pageRoutes = ({ plugin }: Door) =>
  new Elysia({ name: 'pages' })
    .use(plugin)
    .get('/', to('/console/'), hidden)
    .get('/middleware', to('/console/'), hidden)
    .get('/middleware/swagger', to('/docs'), hidden)
    .get('/middleware/login', to('/console/login'), hidden)
    .get('/middleware/settings', to('/console/settings'), hidden)
    .get('/middleware/mcp/servers', to('/console/mcp/servers'), hidden)
    .get('/middleware/mcp/tools', to('/console/mcp/tools'), hidden)
    .get('/middleware/mcp/logs', to('/console/mcp/log'), hidden);
