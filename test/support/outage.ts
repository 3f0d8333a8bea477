/** A provider that goes down at a gateway in a test, and what can be read of its breaker. */
import { expect } from 'bun:test';
import { apiClient, type Json } from './apiClient.ts';
import type { TestGateway } from './gateway.ts';
import type { Dialect, Proxied } from './proxied.ts';
import { until } from './until.ts';
import type { Script, Vendor } from './vendor.ts';

/** Probed after a second. */
export const soon = { CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '1' };

export const says =
  (status: number, message = 'No'): Script =>
  (_request, reply) =>
    reply.json(status, { error: { message, type: 'some_error', code: null } });

/** How often a vendor was asked to generate; its list of models is read now and then. */
export const timesAsked = ({ arrived }: Vendor): number =>
  arrived.filter(({ method }) => method === 'POST').length;

export const breakerOf = async (gateway: TestGateway, provider: Dialect = 'openai') =>
  (await apiClient(gateway)(`/api/providers/${provider}`)).body['breaker'] as Json;

/** What happened to the breaker, oldest first. */
export const storyOf = async (gateway: TestGateway) =>
  (await apiClient(gateway)('/api/actors/breaker/openai/events')).rows;
export const typesOf = async (gateway: TestGateway) =>
  (await storyOf(gateway)).map(({ type }) => type);

/** Resolves once the log says so. */
export const isIn = (
  gateway: TestGateway,
  states: readonly string[],
  provider: Dialect = 'openai',
) =>
  until(`the breaker is ${states.join(' or ')}`, async () => {
    const { state, pending } = await breakerOf(gateway, provider);
    return states.includes(String(state)) && pending === false;
  });

/** Two requests are five faults: three attempts, and two. The vendor's failing is the caller's to arrange. */
export async function bringDown(gateway: Proxied, dialect: Dialect = 'openai'): Promise<void> {
  for (let asked = 0; asked < 2; asked++)
    expect((await gateway.ask(dialect)).status).toBeGreaterThanOrEqual(500);
  await isIn(gateway, ['open', 'half-open'], dialect);
}
