/** All of an actor's events, down to one that is known to be there. */
import type { ActorRef, Sequence } from '../../events/event.ts';
import { LogUnavailable, type ControlMessage, type EventLog } from '../../events/log.ts';

const pauseMs = 50;
const triesAtMost = 20;

/**
 * Reads again while the newest known event is missing: it came during the read, or a replica is behind.
 * Applied in one go they leave no gap before what the tail brings next.
 * @throws {LogUnavailable} when it stays missing.
 */
export async function readWhole(
  log: EventLog,
  ref: ActorRef,
  knownTo: () => Sequence,
): Promise<readonly ControlMessage[]> {
  const read: ControlMessage[] = [];
  let readTo: Sequence = 0;
  for (let tries = 0; tries < triesAtMost; tries++) {
    if (tries > 1) await Bun.sleep(pauseMs);
    for (const message of await log.read(ref, readTo)) {
      read.push(message);
      readTo = message.ok ? message.event.sequence : message.sequence;
    }
    if (readTo >= knownTo()) return read;
  }
  throw new LogUnavailable(`it gives ${ref.kind} ${ref.id} only up to ${readTo}`);
}
