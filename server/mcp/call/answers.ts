/** What a caller is told when its request was not carried out, in JSON-RPC's words. */
import type { ActorId } from '../../../events/ids.ts';
import type { Asker } from '../asker.ts';
import type { Offer } from '../catalog.ts';
import { Cancelled, NeedsAuth, NotSent, TimedOut } from '../rpc/link.ts';
import {
  connectionClosed,
  failed,
  invalidParams,
  requestTimedOut,
  type RpcAnswer,
} from '../rpc/message.ts';
import { reasonOf } from '../upstream/reason.ts';
import type { ArgumentFault } from './argumentsCheck.ts';
import { TooBusy } from './gates.ts';

/** Stands in the error's data. */
export type CallFailure = 'busy' | 'timed-out' | 'unreachable' | 'lost';

const longestName = 200;

export const unknownTool = (name: string): RpcAnswer =>
  failed(invalidParams, `Unknown tool: ${name.slice(0, longestName)}`);

/** @throws {Cancelled} the caller's own end is no failure. */
export function answerFor(server: ActorId, error: unknown): RpcAnswer {
  if (error instanceof Cancelled) throw error;
  const about = (reason: CallFailure) => ({ server, reason });
  if (error instanceof TooBusy) return failed(connectionClosed, error.message, about('busy'));
  const reason = reasonOf(error);
  if (error instanceof TimedOut)
    return failed(requestTimedOut, `MCP server ${server}: ${reason}`, about('timed-out'));
  return error instanceof NotSent || error instanceof NeedsAuth
    ? failed(
        connectionClosed,
        `MCP server ${server} cannot be reached: ${reason}`,
        about('unreachable'),
      )
    : failed(
        connectionClosed,
        `MCP server ${server} went away before it answered: ${reason}`,
        about('lost'),
      );
}

/** Since this revision a model is told of its mistake in a result, so that it can mend it. */
const toldInResultSince = '2025-11-25';

export function badArguments(
  { via, protocolVersion = toldInResultSince }: Pick<Asker, 'via' | 'protocolVersion'>,
  { name }: Pick<Offer, 'name'>,
  { field, message }: ArgumentFault,
): RpcAnswer {
  const text = `Invalid arguments for tool ${name.slice(0, longestName)}: ${field} ${message}`;
  if (via === 'rest' || protocolVersion < toldInResultSince)
    return failed(invalidParams, text, { field });
  return { result: { content: [{ type: 'text', text }], isError: true } };
}
