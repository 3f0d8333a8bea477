/** What a command to a connection leads to: one event, or nothing. */
import type { McpConnectionEvent } from '../../events/mcpConnection.ts';
import { calmMs, giveUpAfter, waitMs } from './backoff.ts';
import type { Line, McpConnectionCommand, ReportFailure } from './commands.ts';
import type { McpConnectionState } from './machine.ts';

type Decision = McpConnectionEvent | null;

export function decide(command: McpConnectionCommand, state: McpConnectionState): Decision {
  const { value, context } = state;
  const isOfThisDial = 'dial' in command && command.dial === context.dials;
  switch (command.type) {
    case 'DialMcpServer':
      return dialled(command.line, command.cause, command.nowMs);
    case 'ReportReady': {
      if (value !== 'connecting' || !isOfThisDial) return null;
      const { era, protocolVersion, nowMs: readyAtMs } = command;
      return { type: 'McpConnectionReady', data: { era, protocolVersion, readyAtMs } };
    }
    case 'ReportFailure':
      return isOfThisDial ? fallen(command, state) : null;
    case 'ReportNeedsAuth':
      return (value === 'connecting' || value === 'ready') && isOfThisDial
        ? { type: 'McpConnectionNeedsAuth', data: { reason: command.reason } }
        : null;
    case 'WakeMcpConnection':
      return value === 'backoff' && context.retryAtMs !== null && context.retryAtMs <= command.nowMs
        ? dialled(context, 'retry', command.nowMs)
        : null;
    case 'HangUp':
      return value === 'disabled'
        ? null
        : { type: 'McpConnectionClosed', data: { cause: command.cause } };
    case 'SettleLine':
      return null;
    default:
      return command satisfies never;
  }
}

const dialled = (
  { server, gateway, transport, command }: Line,
  cause: Extract<McpConnectionEvent, { type: 'McpConnectionDialled' }>['data']['cause'],
  dialledAtMs: number,
): Decision => ({
  type: 'McpConnectionDialled',
  data: { server, gateway, cause, transport, command, dialledAtMs },
});

function fallen(command: ReportFailure, { value, context }: McpConnectionState): Decision {
  const { reason, isFinal, nowMs, jitter } = command;
  if (value === 'ready') {
    // One that comes and goes is not dialled each second for ever.
    const wasCalm = nowMs - (context.readyAtMs ?? nowMs) >= calmMs;
    const losses = wasCalm ? 1 : context.losses + 1;
    const retryAtMs = nowMs + waitMs(losses, jitter);
    return { type: 'McpConnectionLost', data: { reason, failures: losses, retryAtMs } };
  }
  if (value !== 'connecting') return null;
  const failures = context.failures + 1;
  const isOver = isFinal || failures >= giveUpAfter;
  const retryAtMs = isOver ? null : nowMs + waitMs(failures, jitter);
  return { type: 'McpConnectionFailed', data: { reason, failures, retryAtMs } };
}
