/** One call of a built-in tool: its arguments, whose it is, and its answer in MCP's words. */
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import type { TSchema } from '@sinclair/typebox';
import type { Cause } from '../../../events/event.ts';
import { actorId, newRequestId, traceIdOf } from '../../../events/ids.ts';
import { failingParts } from '../../condition.ts';
import { problemOf } from '../../errors.ts';
import { messagesOfTurn } from '../../present/conversation.ts';
import type { Asker } from '../asker.ts';
import type { Json, RpcAnswer } from '../rpc/message.ts';
import { failed, invalidParams, isObject } from '../rpc/message.ts';
import type { Incoming } from '../rpc/peer.ts';
import type { BuiltInDeps } from './builtIn.ts';
import { createListing } from './listing.ts';
import { builtInName } from './name.ts';
import { type Health, type InputOf, inputs, type SaidMessage, type ToolName } from './offers.ts';
import { createSendMessage } from './sendMessage.ts';
import { ToolFault } from './toolFault.ts';
import { createWhose } from './whose.ts';

const serverId = actorId(builtInName);
const usualLimit = 50;

/** What a tool comes to: its text, and the same for programs. */
const answered = (text: unknown, structuredContent: Json): RpcAnswer => ({
  result: { content: [{ type: 'text', text: JSON.stringify(text) }], structuredContent },
});
const listed = (list: readonly unknown[]): RpcAnswer => answered(list, { result: list });

const refused = (code: string, message: string): RpcAnswer => ({
  result: { content: [{ type: 'text', text: `${code}: ${message}` }], isError: true },
});

/** What everybody may know went wrong; undefined for a bug. */
function refusalOf(error: unknown): RpcAnswer | undefined {
  if (error instanceof ToolFault) return refused(error.code, error.message);
  const problem = problemOf(error, '/api/conversations');
  return problem && refused(problem.code, problem.message);
}

export function createCallTool(deps: BuiltInDeps) {
  const { conversations, gatewayId, config, now } = deps;
  const listOf = createListing(deps);
  const whose = createWhose(deps);
  const sendMessage = createSendMessage(deps);
  const checks = new Map<ToolName, TypeCheck<TSchema>>();

  /** What is wrong with the arguments; the gateway has looked at them before, where it knew the tool. */
  const faultOf = (name: ToolName, given: Json): string | undefined => {
    const check = checks.get(name) ?? TypeCompiler.Compile(inputs[name]);
    checks.set(name, check);
    const fault = check.Errors(given).First();
    return fault && `${fault.path.slice(1) || 'it'}: ${fault.message}`;
  };

  const causeOf = ({ client }: Asker): Cause => {
    const id = newRequestId();
    const by = client
      ? ({ kind: 'client', id: client.keyId } as const)
      : ({ kind: 'gateway', id: gatewayId } as const);
    return { by, correlationId: id, causationId: id, traceId: traceIdOf(id) };
  };

  const health = (): Health => {
    const reasons = failingParts(deps);
    const { version } = config;
    const status = reasons.length === 0 ? 'healthy' : 'degraded';
    return { status, version, timestamp: new Date(now()).toISOString(), failing: reasons };
  };

  const run = async (
    name: ToolName,
    given: Json,
    asker: Asker,
    context: Incoming,
  ): Promise<RpcAnswer> => {
    if (name === 'health_check') {
      const found = health();
      return answered(found, found);
    }
    const token = (given as InputOf<'get_conversations'>).access_token;
    const who = whose(asker, { server: serverId, own: name }, token);
    switch (name) {
      case 'send_message': {
        const cause = causeOf({ ...asker, client: who.client });
        const sent = await sendMessage(given as InputOf<'send_message'>, who, cause, context);
        return answered(sent, sent);
      }
      case 'get_conversations': {
        const { limit = usualLimit, offset = 0 } = given as InputOf<'get_conversations'>;
        return listed(await listOf(who.owner, limit, offset));
      }
      case 'get_conversation_history': {
        const { conversation_id: id } = given as InputOf<'get_conversation_history'>;
        const turns = await conversations.turns(id, who.owner);
        return listed(
          turns.flatMap(messagesOfTurn).map((one): SaidMessage => ({
            id: one.id,
            role: one.role,
            content: one.content,
            timestamp: one.timestamp,
            token_count: one.token_count,
            model_used: one.model_used,
          })),
        );
      }
      default:
        return name satisfies never;
    }
  };

  return async (params: Json, asker: Asker, context: Incoming): Promise<RpcAnswer> => {
    const { name, arguments: given = {} } = params;
    if (typeof name !== 'string' || !Object.hasOwn(inputs, name))
      return failed(invalidParams, `Unknown tool: ${String(name).slice(0, 200)}`);
    if (!isObject(given)) return failed(invalidParams, 'The arguments are no object');
    const known = name as ToolName;
    const fault = faultOf(known, given);
    if (fault !== undefined) return refused('INVALID_ARGUMENTS', fault);
    try {
      return await run(known, given, asker, context);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return refusal;
      throw error;
    }
  };
}
