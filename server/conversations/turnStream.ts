/** A turn as server-sent events. Their ids say how much was told: `Last-Event-ID` goes on from there. */
import type { AnswerDelta } from '../dialects/form.ts';
import { problemOf } from '../errors.ts';
import { presentTurn } from '../present/conversation.ts';
import type { TurnEvent } from './runningTurns.ts';

export type Place = Readonly<{ turnId: string; fromChars: number }>;

const keepAliveMs = 15_000;
const utf8 = new TextEncoder();

export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would gather the events otherwise.
  'x-accel-buffering': 'no',
};

/** What an event's id says; undefined for what is none. */
export function placeOf(eventId: string): Place | undefined {
  const [, turnId, chars] = /^([0-9a-f-]{36}):(\d{1,12})$/.exec(eventId) ?? [];
  if (turnId === undefined || chars === undefined) return undefined;
  return { turnId, fromChars: Number(chars) };
}

const block = (event: string, data: unknown, id?: string): Uint8Array =>
  utf8.encode(
    `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
  );

function blockOfDelta(delta: AnswerDelta, id: string): Uint8Array {
  switch (delta.type) {
    case 'text':
      return block('delta', { text: delta.text }, id);
    case 'thinking':
      return block('thinking', { text: delta.text }, id);
    case 'toolCall':
      return block('tool_call', { id: delta.id, name: delta.name }, id);
    case 'toolInput':
      return block('tool_input', { id: delta.id, json: delta.json }, id);
    case 'image':
      return block('image', { media_type: delta.mediaType, data: delta.data }, id);
    default:
      return delta satisfies never;
  }
}

function blockOf(conversationId: string, turnId: string, event: TurnEvent): Uint8Array {
  const id = `${turnId}:${event.atChars}`;
  if (event.type === 'delta') return blockOfDelta(event.delta, id);
  const turn = presentTurn(conversationId, event.turn);
  return block(turn.status === 'completed' ? 'done' : 'error', turn, id);
}

/** Ends with `done`, with `error`, or when its reader leaves; the turn goes on without one. */
export function turnStream(
  conversationId: string,
  turnId: string,
  events: AsyncGenerator<TurnEvent, void>,
  first?: Readonly<Record<string, unknown>>,
): ReadableStream<Uint8Array> {
  let timer: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream({
    start(controller) {
      if (first) controller.enqueue(block('turn', first));
      timer = setInterval(() => controller.enqueue(utf8.encode(': keep-alive\n\n')), keepAliveMs);
    },
    async pull(controller) {
      try {
        const next = await events.next();
        if (!next.done) return controller.enqueue(blockOf(conversationId, turnId, next.value));
      } catch (error) {
        const problem = problemOf(error, '/api/conversations');
        const { code, message } = problem ?? { code: 'INTERNAL', message: 'the turn broke off' };
        controller.enqueue(block('error', { error: { code, message } }));
      }
      clearInterval(timer);
      controller.close();
    },
    cancel() {
      clearInterval(timer);
      void events.return();
    },
  });
}
