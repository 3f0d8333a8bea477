/** The request as the vendor gets it: the client's own, with our key and without anything that is not for the vendor. */
import { withPathModel } from './detect.ts';
import { upstreamHeaders, upstreamSearch } from './headers.ts';
import { bodyWithModel, type Incoming } from './incoming.ts';
import type { Target } from './providers.ts';
import type { UpstreamRequest } from './upstream.ts';

/** Names the gateways that a request has passed, so that a loop ends at its second turn. */
const hopHeader = 'x-signalbox-hops';

/** True when the request has been here before. */
export const isLoop = (headers: Headers, gatewayId: string): boolean =>
  headers.get(hopHeader)?.split(',').includes(gatewayId) ?? false;

export function outgoing(
  incoming: Incoming,
  { provider, model, wasPrefixed }: Target,
  secret: string,
  own: Readonly<{ apiKeyHeader: string; gatewayId: string }>,
): UpstreamRequest {
  const { route, search, body, method } = incoming;
  const auth = route.openAiCompatible && provider.auth !== 'none' ? 'bearer' : provider.auth;
  const headers = upstreamHeaders(incoming.headers, auth, secret, {
    apiKeyHeader: own.apiKeyHeader,
    streamed: incoming.streamed,
    dialect: route.openAiCompatible ? 'openai' : provider.dialect,
  });
  const hops = incoming.headers.get(hopHeader);
  headers.set(hopHeader, hops ? `${hops},${own.gatewayId}` : own.gatewayId);
  if (wasPrefixed && incoming.unpacked) headers.delete('content-encoding');
  const path = wasPrefixed ? withPathModel(route, model) : route.upstreamPath;
  return {
    method,
    url: `${provider.baseUrl}${path}${upstreamSearch(search)}`,
    headers,
    body: wasPrefixed ? bodyWithModel(incoming, model) : body,
    isRepeatable: incoming.endpoint !== 'creation',
  };
}
