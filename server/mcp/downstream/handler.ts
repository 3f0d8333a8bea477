/** What a client asks of the gateway as an MCP server, in either era: answered from the catalog, or by a server. */
import { isToolOn } from '../../../actors/mcpServer/toolSwitches.ts';
import type { ActorId } from '../../../events/ids.ts';
import type { McpList } from '../../../events/mcpServer.ts';
import type { Asker } from '../asker.ts';
import { unknownTool } from '../call/answers.ts';
import { lengthFault } from '../call/limits.ts';
import type { CallOptions, Calls } from '../calls.ts';
import type { Catalog, Offer, View } from '../catalog.ts';
import type { Policy } from '../policy.ts';
import {
  failed,
  invalidParams,
  isObject,
  methodNotFound,
  type Json,
  type RpcAnswer,
  type RpcRequest,
} from '../rpc/message.ts';
import type { Pool } from '../pool.ts';
import { answerBack } from './answerBack.ts';
import { paramFault, paramHeaders, paramHeadersIn } from '../rpc/paramHeaders.ts';
import { inEraOf } from './eras.ts';
import { headerMismatch } from './modernHeaders.ts';
import type { Subscriptions } from './subscriptions.ts';

/** The client's end of one request. */
export type Turn = CallOptions &
  Required<Pick<CallOptions, 'signal' | 'onNotification' | 'onRequest'>> &
  /** The headers of a modern client, which repeat what is in the body. */
  Readonly<{ heard?: Headers }>;

export type Handler = (
  view: View,
  asker: Asker,
  request: Pick<RpcRequest, 'method' | 'params'>,
  turn: Turn,
) => Promise<RpcAnswer>;

type Options = Readonly<{
  catalog: Catalog;
  policy: Policy;
  calls: Calls;
  pool: Pool;
  subscriptions: Pick<Subscriptions, 'change'>;
}>;

const listMethods: Readonly<Record<string, McpList>> = {
  'tools/list': 'tools',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
  'prompts/list': 'prompts',
};

const subscribing: Readonly<Record<string, 'on' | 'off'>> = {
  'resources/subscribe': 'on',
  'resources/unsubscribe': 'off',
};

/** How long a client may go on with a list; it is told of changes besides. */
const listTtlMs = 5_000;
const resourceNotFound = { legacy: -32002, modern: invalidParams } as const;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function createHandler(options: Options): Handler {
  const { catalog, policy, calls, pool, subscriptions } = options;
  const list = (view: View, asker: Asker, which: McpList): RpcAnswer => {
    const offers = catalog.list(view, which);
    const { client } = asker;
    const maySee = (offer: Offer): boolean =>
      which === 'tools'
        ? policy.allowsTool(client, offer)
        : policy.allowsServer(client, offer.server);
    const seen = policy.isLimited(client) ? offers.filter(maySee) : offers;
    const result: Json = { [which]: seen.map(({ item }) => item) };
    if (asker.era === 'legacy') return { result };
    const cacheScope = policy.isLimited(asker.client) ? 'private' : 'public';
    return { result: { ...result, resultType: 'complete', ttlMs: listTtlMs, cacheScope } };
  };

  /** To one server, under its own names; what it wants to know meanwhile is asked of the client. */
  const forward = async (
    asker: Asker,
    server: ActorId,
    { method, params }: Pick<RpcRequest, 'method' | 'params'>,
    turn: Turn,
  ): Promise<RpcAnswer> => {
    const ask = (more: Json | undefined) => calls.forward(asker, server, method, more, turn);
    return inEraOf(asker.era, method, await answerBack(asker.era, params, turn, ask));
  };

  /** In the view of one server a name that is in no catalog is the server's to judge. */
  const toolNamed = (view: View, name: string): Offer | undefined => {
    const offer = catalog.find(view, 'tools', name);
    if (offer || view === null) return offer;
    const context = catalog.server(view);
    if (!context || !isToolOn(context, name)) return undefined;
    return { server: view, name, own: name, hash: '', item: {} };
  };

  const callTool = async (view: View, asker: Asker, params: Json, { heard, ...turn }: Turn) => {
    const name = textOf(params['name']);
    const tool = toolNamed(view, name);
    if (!tool) return unknownTool(name);
    const args = params['arguments'];
    const isChecked = heard !== undefined && policy.allowsTool(asker.client, tool);
    const fault = isChecked ? paramFault(tool.item, args, heard) : undefined;
    if (fault !== undefined) return failed(headerMismatch, fault);
    // What it says it wants is there for every client; what it does not say passes as it came.
    const wanted = paramHeaders(tool.item, args);
    const given = heard && paramHeadersIn(heard);
    const headers = given || wanted ? { ...given, ...wanted } : undefined;
    const all: CallOptions = headers ? { ...turn, headers } : turn;
    const ask = (more: Json | undefined) => calls.callTool(asker, tool, more ?? params, all);
    return inEraOf(asker.era, 'tools/call', await answerBack(asker.era, params, turn, ask));
  };

  const getPrompt = (view: View, asker: Asker, request: RpcRequestLike, turn: Turn) => {
    const name = textOf(request.params?.['name']);
    const prompt = catalog.find(view, 'prompts', name);
    const server = prompt?.server ?? view;
    if (server === null || !policy.allowsServer(asker.client, server))
      return failed(invalidParams, `Unknown prompt: ${name.slice(0, 200)}`);
    const params = { ...request.params, ...(prompt && { name: prompt.own }) };
    return forward(asker, server, { ...request, params }, turn);
  };

  const ofResource = async (view: View, asker: Asker, request: RpcRequestLike, turn: Turn) => {
    const uri = textOf(request.params?.['uri']);
    const found = catalog.resource(view, uri);
    if (!found || !policy.allowsServer(asker.client, found.server)) {
      const text = `Resource not found: ${uri.slice(0, 500)}`;
      return failed(resourceNotFound[asker.era], text, { uri });
    }
    const kind = subscribing[request.method];
    const stoodIn =
      kind && (await subscriptions.change(asker, found.server, found.uri, kind === 'on'));
    if (stoodIn) return stoodIn;
    const params = { ...request.params, uri: found.uri };
    return forward(asker, found.server, { ...request, params }, turn);
  };

  const complete = (view: View, asker: Asker, request: RpcRequestLike, turn: Turn) => {
    const written: unknown = request.params?.['ref'];
    const ref = isObject(written) ? written : {};
    const isPrompt = ref['type'] === 'ref/prompt';
    const found = isPrompt
      ? catalog.find(view, 'prompts', textOf(ref['name']))
      : catalog.find(view, 'resourceTemplates', textOf(ref['uri']));
    const server = found?.server ?? view;
    if (server === null || !policy.allowsServer(asker.client, server))
      return failed(invalidParams, 'Unknown reference of the completion');
    const own = found && (isPrompt ? { name: found.own } : { uri: found.own });
    const params = { ...request.params, ref: { ...ref, ...own } };
    return forward(asker, server, { ...request, params }, turn);
  };

  /** Every server that is connected for this asker hears of it; those that follow do when they are. */
  const setLevel = async (view: View, asker: Asker, request: RpcRequestLike, turn: Turn) => {
    const all = view === null ? catalog.servers() : [view];
    const servers = all.filter((id) => policy.allowsServer(asker.client, id));
    const able = servers.filter((id) => {
      const isAble = catalog.server(id)?.capabilities['logging'] !== undefined;
      return isAble && (view !== null || pool.present(asker, id) !== undefined);
    });
    const answers = await Promise.all(able.map((id) => forward(asker, id, request, turn)));
    return (view !== null ? answers[0] : undefined) ?? { result: {} };
  };

  return async (view, asker, request, turn) => {
    const { method, params = {} } = request;
    const tooLong = lengthFault(method, params);
    if (tooLong) return tooLong;
    const which = listMethods[method];
    if (which) return list(view, asker, which);
    switch (method) {
      case 'ping':
        return asker.era === 'legacy' ? { result: {} } : failed(methodNotFound, 'Method not found');
      case 'tools/call':
        return callTool(view, asker, params, turn);
      case 'prompts/get':
        return getPrompt(view, asker, request, turn);
      case 'resources/read':
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return ofResource(view, asker, request, turn);
      case 'completion/complete':
        return complete(view, asker, request, turn);
      case 'logging/setLevel':
        return setLevel(view, asker, request, turn);
      default:
        return view === null || !policy.allowsServer(asker.client, view)
          ? failed(methodNotFound, 'Method not found')
          : forward(asker, view, request, turn);
    }
  };
}

type RpcRequestLike = Pick<RpcRequest, 'method' | 'params'>;
