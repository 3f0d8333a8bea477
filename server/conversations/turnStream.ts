/** A turn as server-sent events. Their ids say how much was told: `Last-Event-ID` goes on from there. */
import type { AnswerDelta } from '../dialects/form.ts';
import { problemOf } from '../errors.ts';
import { presentTurn } from '../present/conversation.ts';
import type { Told, TurnEvent } from './runningTurns.ts';

export type Place = Readonly<{ turnId: string; told: Told }>;

const keepAliveMs = 15_000;
const utf8 = new TextEncoder();
const keepAlive = utf8.encode(': keep-alive\n\n');

export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would gather the events otherwise.
  'x-accel-buffering': 'no',
};

/** What an event's id says; undefined for what is none. */
export function placeOf(eventId: string): Place | undefined {
  const [, turnId, chars, asides = 0] =
    /^([0-9a-f-]{36}):(\d{1,12})(?:\.(\d{1,12}))?$/.exec(eventId) ?? [];
  if (turnId === undefined || chars === undefined) return undefined;
  return { turnId, told: { atChars: Number(chars), asides: Number(asides) } };
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
  const { atChars, asides } = event;
  const id = `${turnId}:${atChars}${asides === 0 ? '' : `.${asides}`}`;
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
      // At once: the head of the answer leaves with its first bytes.
      controller.enqueue(first ? block('turn', first) : keepAlive);
      timer = setInterval(() => controller.enqueue(keepAlive), keepAliveMs);
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
