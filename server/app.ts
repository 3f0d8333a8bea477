/** All routes of the gateway. */
import { Elysia } from 'elysia';
import { proxyRoutes } from './routes/proxyRoutes.ts';
import type { Services } from './services.ts';

export const buildApp = (services: Services) => new Elysia().use(proxyRoutes(services));

/** For the console's typed client; the server is not imported with it. */
export type App = ReturnType<typeof buildApp>;
