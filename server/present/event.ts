/** An event of CONTROL or CONVERSATIONS as the outside reads it. */
import { t, type Static } from 'elysia';
import type { ControlMessage } from '../../events/log.ts';
import { withoutContent } from './conversationEvent.ts';
import { isoOf, nullable } from './list.ts';
import { snakeCased } from './snakeCase.ts';

export const eventSchema = t.Object({
  sequence: t.Integer({ description: 'position in CONTROL; of a conversation’s in CONVERSATIONS' }),
  id: nullable(t.String()),
  time: nullable(t.String({ format: 'date-time', description: 'when the log took it' })),
  kind: t.String(),
  actor_id: t.String(),
  type: t.String(),
  version: t.Integer({ description: 'of the type’s schema; 0 for an event that cannot be read' }),
  data: nullable(t.Record(t.String(), t.Unknown())),
  correlation_id: nullable(t.String({ description: 'groups all that one request caused' })),
  causation_id: nullable(t.String()),
  trace_id: nullable(t.String()),
  by: nullable(t.Object({ kind: t.String(), id: t.String() })),
  unreadable: t.Optional(
    t.String({ description: 'why this version of Signalbox cannot read the event' }),
  ),
});
export type PresentedEvent = Static<typeof eventSchema>;

/** What cannot be read is shown as such: an audit log hides nothing. */
export function presentEvent(message: ControlMessage): PresentedEvent {
  if (!message.ok) {
    return {
      sequence: message.sequence,
      id: null,
      time: null,
      kind: message.actor?.kind ?? '',
      actor_id: message.actor?.id ?? '',
      type: message.error.type,
      version: 0,
      data: null,
      correlation_id: null,
      causation_id: null,
      trace_id: null,
      by: null,
      unreadable: message.error.message,
    };
  }
  const { actor, cause, sequence, timeMs, id, type, version, data } = message.event;
  return {
    sequence,
    id,
    time: isoOf(timeMs),
    kind: actor.kind,
    actor_id: actor.id,
    type,
    version,
    data: snakeCased(actor.kind === 'conversation' ? withoutContent(data) : data),
    correlation_id: cause.correlationId,
    causation_id: cause.causationId,
    trace_id: cause.traceId,
    by: { kind: cause.by.kind, id: cause.by.id },
  };
}
