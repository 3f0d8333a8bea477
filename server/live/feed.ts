/** The one tail of each stream that all listeners of this process share: it runs while there is a listener. */
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { EventLog } from '../../events/log.ts';
import type { Cursor } from './cursor.ts';
import type { Pulse } from '../present/pulse.ts';
import { isOfConversation, statusAfterEvent } from '../present/conversationEvent.ts';
import { createFanOut, type Member } from './fanOut.ts';
import { createInStep } from './inStep.ts';
import { watchStatuses } from './statuses.ts';

export type Feed = Readonly<{
  /** What has been passed on to the listeners. */
  position(): Cursor;
  /** The status of an actor after one of its events, where it is known. */
  statusAfter: ReturnType<typeof watchStatuses>['after'];
  /** From here on the member gets everything after `position()`. Returns an idempotent way to leave. */
  join(member: Member): () => void;
  /** Resolves with the next message of any stream, or at the end of the feed. */
  next(): Promise<void>;
  stop(): Promise<void>;
}>;

export type FeedOptions = Readonly<{
  log: EventLog;
  runtime: Runtime;
  kinds: readonly AnyActorKind[];
  now: () => number;
  /** Default 200. */
  shownPerSecond?: number;
  /** Default 10 s. */
  heartbeatMs?: number;
  /** How the gateway is: told with each heartbeat. */
  pulse?: () => Pulse | undefined;
}>;

/** @throws {LogUnavailable} when the log cannot be followed now. */
export async function startFeed(options: FeedOptions): Promise<Feed> {
  const { log, runtime, kinds, now, shownPerSecond = 200, heartbeatMs = 10_000, pulse } = options;
  const [control, traffic, conversations] = await Promise.all([
    log.state('CONTROL'),
    log.state('TRAFFIC'),
    log.state('CONVERSATIONS'),
  ]);
  const start = {
    control: control.lastSequence,
    traffic: traffic.lastSequence,
    conversations: conversations.lastSequence,
  };
  const fanOut = createFanOut(start, shownPerSecond);
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };

  const statuses = watchStatuses(runtime, kinds, () => inStep.pump());
  const inStep = createInStep(statuses.isApplied, (message) => {
    fanOut.transition('control', message, statuses.after(message));
    wakeAll();
  });
  const tails = await Promise.allSettled([
    log.tailControl(start.control, inStep.put),
    log.tailConversations(start.conversations, (message) => {
      fanOut.transition('conversations', message, statusAfterEvent(message));
      wakeAll();
    }),
    log.tailTraffic(start.traffic, (message) => {
      fanOut.traffic(message);
      wakeAll();
    }),
  ]);
  const seconds = setInterval(() => fanOut.second(now()), 1_000);
  const heartbeats = setInterval(() => fanOut.heartbeat(pulse?.()), heartbeatMs);

  const stop = async () => {
    clearInterval(seconds);
    clearInterval(heartbeats);
    inStep.stop();
    statuses.stop();
    wakeAll();
    for (const tail of tails) if (tail.status === 'fulfilled') await tail.value.stop();
  };
  for (const tail of tails) {
    if (tail.status === 'fulfilled') continue;
    await stop();
    throw tail.reason;
  }

  return {
    position: fanOut.position,
    statusAfter: (message) =>
      isOfConversation(message) ? statusAfterEvent(message) : statuses.after(message),
    join(member) {
      fanOut.members.add(member);
      return () => void fanOut.members.delete(member);
    },
    next: () =>
      new Promise((resolve) => {
        waiting.add(resolve);
      }),
    stop,
  };
}
