/** TypeBox as the rest of `events/` takes it: without the HTTP server it is bundled with. */
export { t } from 'elysia/type-system';
export type { Static, TSchema } from '@sinclair/typebox';
