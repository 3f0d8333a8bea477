/** Messages of CONTROL as bytes and back; whatever is read goes through the catalog. */
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { controlCatalog } from './catalog.ts';
import type { ActorRef, Cause, NewEvent, Sequence } from './event.ts';
import type { EventId } from './ids.ts';
import { UnreadableEvent, type ControlMessage } from './log.ts';
import { t } from './schema.ts';
import { actorOfSubject } from './subjects.ts';

/** A message as a stream gives it. `timeMs` is its time of arrival there (epoch). */
export type RawMessage = Readonly<{
  subject: string;
  sequence: Sequence;
  timeMs: number;
  data: Uint8Array;
}>;

/** The largest message of CONTROL, headers included. */
export const maxControlMessageBytes = 256 * 1024;
/** The largest message of TRAFFIC, headers included. */
export const maxTrafficMessageBytes = 1024 * 1024;
/** Subject, ids and expectations travel as headers and count too. */
export const headerBytes = 1024;

/** The largest message of CONVERSATIONS, headers included: half a mebibyte of content, sealed and in base64. */
export const maxConversationMessageBytes = 1024 * 1024;

const maxBodyBytesOf = (actor: ActorRef): number =>
  (actor.kind === 'conversation' ? maxConversationMessageBytes : maxControlMessageBytes) -
  headerBytes;

/** What every written event has. */
export const versioned = {
  type: t.String(),
  version: t.Integer({ minimum: 1 }),
  data: t.Unknown(),
};

const envelope = TypeCompiler.Compile(
  t.Object({
    ...versioned,
    id: t.String(),
    cause: t.Object({
      by: t.Object({
        kind: t.Union([
          t.Literal('operator'),
          t.Literal('client'),
          t.Literal('gateway'),
          t.Literal('environment'),
          t.Literal('file'),
        ]),
        id: t.String(),
      }),
      correlationId: t.String(),
      causationId: t.String(),
      traceId: t.String(),
    }),
  }),
);

const utf8 = new TextDecoder();

/** What the bytes say; undefined when they are no JSON. */
export function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(data));
  } catch {
    return undefined;
  }
}

/**
 * One transition event as the body of its message.
 * @throws {TypeError} when today's catalog could not read it back: what is written is kept for ever.
 */
export function encodeControl(actor: ActorRef, event: NewEvent): string {
  const { id, type, version, data, cause } = event;
  const of = `event ${type} of ${actor.kind} ${actor.id} may not be written`;
  const current = controlCatalog.versionOf(type);
  if (version !== current) throw new TypeError(`${of}: it has version ${version}, not ${current}`);
  const read = controlCatalog.read(type, version, data);
  if ('reason' in read) throw new TypeError(`${of}: ${read.reason}`);

  const body = JSON.stringify({ id, type, version, data, cause });
  const bodyBytes = Buffer.byteLength(body);
  const mostBytes = maxBodyBytesOf(actor);
  if (bodyBytes > mostBytes) {
    throw new TypeError(`${of}: it has ${bodyBytes} bytes, ${mostBytes} are allowed`);
  }
  return body;
}

/** One message of CONTROL: its event in today's shape, or why it cannot be read. */
export function decodeControl(raw: RawMessage): ControlMessage {
  const { sequence, timeMs } = raw;
  const actor = actorOfSubject(raw.subject);
  const unreadable = (type: string, reason: string): ControlMessage => ({
    ok: false,
    actor,
    sequence,
    error: new UnreadableEvent(type, sequence, reason),
  });

  const body = parse(raw.data);
  if (!envelope.Check(body)) return unreadable('of an unknown type', 'its envelope is not valid');
  if (!actor) return unreadable(body.type, `its subject ${raw.subject} names no known actor`);
  const read = controlCatalog.read(body.type, body.version, body.data);
  if ('reason' in read) return unreadable(body.type, read.reason);
  return {
    ok: true,
    event: {
      id: body.id as EventId,
      type: body.type,
      version: controlCatalog.versionOf(body.type),
      data: read.data,
      cause: body.cause as Cause,
      actor,
      sequence,
      timeMs,
    },
  };
}

/** The id of the event in a message of CONTROL; undefined when it has none. */
export function eventIdIn(data: Uint8Array): string | undefined {
  const body = parse(data);
  return envelope.Check(body) ? body.id : undefined;
}
