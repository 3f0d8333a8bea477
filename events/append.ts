/** Appending one transition event, with every unknown outcome brought to a known one. */
import { jetstream, type MsgRequest, type StoredMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ActorRef, NewEvent, Sequence } from './event.ts';
import { isConflict, isUndecidedConflict, untilAnswered, type Asked } from './failure.ts';
import { WrongVersion } from './log.ts';
import { encodeControl, eventIdIn } from './message.ts';
import { actorSubject } from './subjects.ts';

/** One try; a server that was stopped and goes on answers the next one. */
const tryMs = 1_000;

/** See `EventLog.append`. */
export function appendTo(nc: NatsConnection, asked: Asked) {
  const js = jetstream(nc);
  const { stream, manager } = asked;

  // Asked of the stream's leader: a direct get may be answered by a replica that is behind.
  const leaderMessage = (query: object): Promise<StoredMsg | null> =>
    // `seq` together with `next_by_subj` is missing in the client's type.
    manager.streams.getMessage(stream, query as MsgRequest);

  return async (
    actor: ActorRef,
    event: NewEvent,
    expected: Sequence,
    timeoutMs = 5_000,
  ): Promise<Sequence> => {
    const subject = actorSubject(actor);
    const body = encodeControl(actor, event);

    /**
     * If ours was stored, it is the first message on the subject after `expected`: it could only be stored there.
     * The last one would be wrong, a third writer may have followed.
     */
    const winnerAfterExpected = async (conflict: unknown): Promise<Sequence> => {
      const first = await leaderMessage({ seq: expected + 1, next_by_subj: subject });
      if (first && eventIdIn(first.data) === event.id) return first.seq;
      if (!first && isUndecidedConflict(conflict)) throw conflict;
      throw new WrongVersion(actor, expected);
    };

    /** An id is remembered for the whole stream, so a duplicate may be somebody else's. */
    const verified = async (sequence: Sequence): Promise<Sequence> => {
      const stored = await leaderMessage({ seq: sequence });
      if (stored?.subject === subject && eventIdIn(stored.data) === event.id) return sequence;
      throw new TypeError(
        `event id ${event.id} of ${actor.kind} ${actor.id} was already used at sequence ${sequence}: every event needs its own`,
      );
    };

    return untilAnswered(asked, timeoutMs, async (remainingMs) => {
      try {
        const ack = await js.publish(subject, body, {
          msgID: event.id,
          timeout: Math.min(tryMs, remainingMs),
          expect: { streamName: stream, lastSubjectSequence: expected },
        });
        return ack.duplicate ? await verified(ack.seq) : ack.seq;
      } catch (error) {
        if (isConflict(error)) return await winnerAfterExpected(error);
        throw error;
      }
    });
  };
}
