/** The request as the vendor gets it: the client's own, with our key and without anything that is not for the vendor. */
import { withPathModel } from './detect.ts';
import { searchWithModel, upstreamHeaders, upstreamSearch } from './headers.ts';
import { bodyWithModel, type Incoming } from './incoming.ts';
import { withInnerModels } from './innerModels.ts';
import type { Target } from './providers.ts';
import type { UpstreamRequest } from './upstream.ts';
import { authAt, pathAt } from './wire.ts';

/** Names the gateways that a request has passed, so that a loop ends at its second turn. */
const hopHeader = 'x-signalbox-hops';

/** True when the request has been here before. */
export const isLoop = (headers: Headers, gatewayId: string): boolean =>
  headers.get(hopHeader)?.split(',').includes(gatewayId) ?? false;

const renamedBody = (incoming: Incoming, model: string) =>
  (incoming.route.route.includes('/{model}:') ? withInnerModels(incoming.json, model) : null) ??
  bodyWithModel(incoming, model);

export function outgoing(
  incoming: Incoming,
  { provider, model, isRenamed }: Target,
  secret: string,
  own: Readonly<{ apiKeyHeader: string; gatewayId: string }>,
): UpstreamRequest {
  const { route, body, method, tunnel } = incoming;
  const headers = upstreamHeaders(incoming.headers, authAt(provider, route), secret, {
    apiKeyHeader: own.apiKeyHeader,
    streamed: incoming.streamed,
    dialect: route.dialect,
    // The body is not packed any more.
    leavesOut: isRenamed && incoming.unpacked ? 'content-encoding' : '',
  });
  const hops = incoming.headers.get(hopHeader);
  const search = tunnel && isRenamed ? searchWithModel(incoming.search, model) : incoming.search;
  const path = isRenamed ? withPathModel(route, model) : route.upstreamPath;
  return {
    method,
    url: `${provider.baseUrl}${pathAt(provider, route, path)}${upstreamSearch(search)}`,
    headers: `${headers}${hopHeader}: ${hops ? `${hops},` : ''}${own.gatewayId}\r\n`,
    body: isRenamed ? renamedBody(incoming, model) : body,
    isRepeatable: incoming.endpoint !== 'creation',
  };
}
