/** Other names for the same routes: a request under an alias is answered as if it had come under the first name. */
import { Elysia } from 'elysia';

const originals = new WeakMap<Request, Request>();

/** The request as it came in; the server knows its address and its socket by this one only. */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;

const prefixes = [
  ['/middleware/api/', '/api/'],
  ['/api/v1/', '/api/'],
  ['/middleware/login', '/api/login'],
  ['/middleware/logout', '/api/logout'],
] as const;

/** @param handle Answers a request under its first name. */
export function aliasRoutes(handle: (request: Request) => Promise<Response>) {
  const forward = ({ request }: { request: Request }) => {
    const url = new URL(request.url);
    const [alias, path] = prefixes.find(([prefix]) => url.pathname.startsWith(prefix)) ?? ['', ''];
    url.pathname = path + url.pathname.slice(alias.length);
    const renamed = new Request(url, request);
    originals.set(renamed, originalOf(request));
    return handle(renamed);
  };
  const asItComes = { parse: 'none', detail: { hide: true } } as const;
  return new Elysia({ name: 'aliases' })
    .all('/middleware/api/*', forward, asItComes)
    .all('/api/v1/*', forward, asItComes)
    .post('/middleware/login', forward, asItComes)
    .post('/middleware/logout', forward, asItComes);
}
