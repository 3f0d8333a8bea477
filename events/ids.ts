/** Branded identifiers, and the only place where they are made or checked. */

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

/** A UUIDv7: sortable by time, unique over all gateways; also the JetStream message id of its event. */
export type EventId = Brand<'EventId'>;
/** The id of one proxied request: a UUIDv7. Every event it caused carries it as `correlationId`. */
export type RequestId = Brand<'RequestId'>;
/** A slug `[a-z0-9-]` of 1 to 80 characters: the last token of an actor's subject. */
export type ActorId = Brand<'ActorId'>;
/** A W3C trace id: 32 lower-case hex digits. */
export type TraceId = Brand<'TraceId'>;
/** The id of one message of traffic events. A re-sent batch keeps it, so it is stored once. */
export type BatchId = Brand<'BatchId'>;

const slug = /^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$/;

export const newEventId = (): EventId => Bun.randomUUIDv7() as EventId;
export const newRequestId = (): RequestId => Bun.randomUUIDv7() as RequestId;
export const newBatchId = (): BatchId => Bun.randomUUIDv7() as BatchId;

/** The trace of a request that came without one: its own id, which has the right shape without the dashes. */
export const traceIdOf = (id: RequestId | EventId): TraceId =>
  (id.slice(0, 8) +
    id.slice(9, 13) +
    id.slice(14, 18) +
    id.slice(19, 23) +
    id.slice(24)) as TraceId;

/** In an event that is not written yet: its own id is its trace. To make that text for each would be waste. */
export const ownTrace = '' as TraceId;

/** `traceId === traceIdOf(id)`, without the text that this would make. */
export const isTraceOf = (id: RequestId | EventId, traceId: string): boolean =>
  traceId.length === 32 &&
  traceId.startsWith(id.slice(0, 8)) &&
  traceId.startsWith(id.slice(9, 13), 8) &&
  traceId.startsWith(id.slice(14, 18), 12) &&
  traceId.startsWith(id.slice(19, 23), 16) &&
  traceId.startsWith(id.slice(24), 20);

/** The trace id of a `traceparent` header (W3C Trace Context, section 3.2), or undefined when it is not valid. */
export function parseTraceparent(header: string | null): TraceId | undefined {
  const match = header && /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(header);
  if (!match || match[1] === '0'.repeat(32)) return undefined;
  return match[1] as TraceId;
}

/** True for what can stand in a subject; `.`, `*`, `>` and spaces would be subject injection. */
export const isActorId = (text: string): text is ActorId => slug.test(text);

/** @throws {TypeError} when the text is no slug of at most 80 characters. */
export function actorId(text: string): ActorId {
  if (!isActorId(text))
    throw new TypeError(`"${text.slice(0, 100)}" is not an id: use a-z, 0-9 and -`);
  return text;
}

/** A display name as a slug: `My Groq (EU)` becomes `my-groq-eu`. Empty when nothing can be kept. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
