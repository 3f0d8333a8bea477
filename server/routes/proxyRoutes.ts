/** The AI side: whatever an SDK of a vendor asks for, as it comes. */
import { Elysia, type Context } from 'elysia';
import type { Services } from '../services.ts';

/** Bodies are not parsed here: their bytes pass. Once a body is in, the answer may be silent as long as it likes. */
export function proxyRoutes({ proxy }: Pick<Services, 'proxy'>) {
  const pass = ({ request, server }: Pick<Context, 'request' | 'server'>) =>
    proxy(request, () => server?.timeout(request, 0));
  const asItComes = { parse: 'none', detail: { hide: true } } as const;
  return new Elysia({ name: 'proxy' })
    .all('/v1/*', pass, asItComes)
    .all('/v1beta/*', pass, asItComes)
    .all('/upload/*', pass, asItComes);
}
