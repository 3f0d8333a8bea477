/** The MCP server that is a part of the gateway: its conversations as tools, and its usage as a resource. */
import type { EventLog } from '../../../events/log.ts';
import type { ReadModels } from '../../../events/projections/readModels.ts';
import type { Clients } from '../../access/clients.ts';
import type { Config } from '../../config.ts';
import type { Conversations } from '../../conversations/conversations.ts';
import type { Pools } from '../../keyRing/pools.ts';
import { discoverResult } from '../downstream/introduce.ts';
import type { Policy } from '../policy.ts';
import type { Link } from '../rpc/link.ts';
import {
  failed,
  internalError,
  invalidParams,
  methodNotFound,
  type Json,
  type RpcAnswer,
} from '../rpc/message.ts';
import { createCallTool } from './callTool.ts';
import { inProcessLink, type Serve } from './link.ts';
import { builtInName } from './name.ts';
import { instructions, metricsUri, resources, tools } from './offers.ts';
import { createUsage } from './usage.ts';

export type BuiltInDeps = Readonly<{
  conversations: Conversations;
  log: EventLog;
  readModels: ReadModels;
  pools: Pools;
  isDraining: () => boolean;
  clients: Clients;
  policy: Policy;
  gatewayId: string;
  config: Pick<Config, 'mode' | 'version'>;
  now: () => number;
}>;

export type BuiltIn = Readonly<{
  /** A way to it, which says who asks. */
  link(onError: (error: unknown, about: string) => void): Link;
}>;

/** What may be kept of an answer that never changes. */
const ofAll: Json = { resultType: 'complete', ttlMs: 3_600_000, cacheScope: 'public' };
const now: Json = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };

export function createBuiltIn(deps: BuiltInDeps): BuiltIn {
  const introduction = {
    capabilities: { tools: {}, resources: {} },
    serverInfo: {
      name: builtInName,
      title: 'Signalbox conversations',
      version: deps.config.version,
    },
    instructions,
  };
  const callTool = createCallTool(deps);
  const usage = createUsage(deps);

  const read = (uri: unknown): RpcAnswer => {
    if (uri !== metricsUri)
      return failed(invalidParams, `Resource not found: ${String(uri).slice(0, 500)}`, { uri });
    const text = JSON.stringify(usage(), null, 2);
    return { result: { ...now, contents: [{ uri, mimeType: 'application/json', text }] } };
  };

  const serve: Serve = async ({ method, params = {} }, context, asker) => {
    switch (method) {
      case 'server/discover':
        return { result: discoverResult(introduction) };
      case 'ping':
        return { result: {} };
      case 'tools/list':
        return { result: { ...ofAll, tools } };
      case 'resources/list':
        return { result: { ...ofAll, resources } };
      case 'resources/templates/list':
        return { result: { ...ofAll, resourceTemplates: [] } };
      case 'tools/call':
        return asker
          ? callTool(params, asker, context)
          : failed(internalError, 'nobody is named on whose behalf it is called');
      case 'resources/read':
        return read(params['uri']);
      default:
        return failed(methodNotFound, 'Method not found');
    }
  };

  return { link: (onError) => inProcessLink(serve, onError) };
}
