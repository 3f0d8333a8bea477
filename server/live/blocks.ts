/** What goes over the wire: blocks of server-sent events. */
import type { ControlMessage } from '../../events/log.ts';
import { presentEvent } from '../present/event.ts';
import { presentRequest, requestOfEvent } from '../present/request.ts';
import { presentToolCall, toolCallOfEvent } from '../present/toolCall.ts';
import { isoOf } from '../present/list.ts';
import type { Pulse } from '../present/pulse.ts';
import { snakeCased } from '../present/snakeCase.ts';
import { cursorText, type Cursor } from './cursor.ts';
import type { Shown } from './filter.ts';
import type { Totals } from './thinning.ts';

const utf8 = new TextEncoder();

const block = (event: string, data: object, cursor?: Cursor): string =>
  `${cursor ? `id: ${cursorText(cursor)}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export const encode = (text: string): Uint8Array => utf8.encode(text);

/** Browsers come back after this, with the cursor of the last event they saw. */
const retryMs = 1_000;

/** `gap`: what lies between the cursor that was given and this one is not sent; read the lists again. */
export type Hello = Readonly<{ version: string; gatewayId: string; gap: boolean }>;

export const helloBlock = (hello: Hello, cursor: Cursor): string =>
  `retry: ${retryMs}\n${block(
    'hello',
    {
      type: 'hello',
      cursor: cursorText(cursor),
      version: hello.version,
      gateway_id: hello.gatewayId,
      gap: hello.gap,
    },
    cursor,
  )}`;

/** `status` is left out where the actor has moved on since, or is not in memory. */
export const transitionBlock = (
  message: ControlMessage,
  status: string | undefined,
  cursor: Cursor,
): string =>
  block(
    'transition',
    { ...presentEvent(message), ...(status !== undefined && { status }) },
    cursor,
  );

export const trafficBlock = (event: Shown): string =>
  event.type === 'RequestFinished'
    ? block('request', { type: event.type, ...presentRequest(requestOfEvent(event)) })
    : block('tool_call', { type: event.type, ...presentToolCall(toolCallOfEvent(event)) });

/** An event's block, made to move the reader's cursor. */
export const withCursor = (text: string, cursor: Cursor): string =>
  `id: ${cursorText(cursor)}\n${text}`;

export const totalsBlock = (totals: Totals, nowMs: number, cursor: Cursor): string =>
  block(
    'totals',
    {
      type: 'totals',
      time: isoOf(nowMs),
      requests: totals.requests,
      failures: totals.failures,
      input_tokens: totals.inputTokens,
      output_tokens: totals.outputTokens,
      tool_calls: totals.toolCalls,
      tool_failures: totals.toolFailures,
      not_shown: totals.notShown,
      hidden: { ...snakeCased({ ...totals.hidden, keys: {} }), keys: totals.hidden.keys },
    },
    cursor,
  );

export const pulseBlock = (pulse: Pulse): string => block('pulse', { type: 'pulse', ...pulse });

export const heartbeat = encode(': still here\n\n');
