/** A tail without a gap or a repeat: an ordered consumer that is made anew whenever the server was away. */
import { DeliverPolicy, jetstream, type Consumer, type ConsumerMessages } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ConnectionWatch } from './connection.ts';
import type { Sequence } from './event.ts';
import type { Tail } from './log.ts';
import type { RawMessage } from './message.ts';
import type { StreamName } from './subjects.ts';

/** Left to itself the client asks again only after two missed heartbeats, by default up to 30 s later. */
const expiresMs = 5_000;
const heartbeatMs = 1_000;
const pauseMs = 200;

/**
 * Messages on the way at once. The server cuts off a client for which more than 64 MiB wait, so streams of large
 * messages get a smaller window.
 */
const windowOf: Readonly<Record<StreamName, number>> = {
  CONTROL: 500,
  CONVERSATIONS: 48,
  TRAFFIC: 64,
};

/**
 * Calls `onMessage` with every message above `after`, in order, until it is stopped; it goes on by itself after the
 * server was away. What `onMessage` throws is a bug and ends the process, it is not lost with the message.
 */
export async function followStream(options: {
  nc: NatsConnection;
  watch: ConnectionWatch;
  stream: StreamName;
  after: Sequence;
  onMessage: (message: RawMessage) => void;
}): Promise<Tail> {
  const { nc, watch, stream, onMessage } = options;
  const js = jetstream(nc);
  let next = options.after + 1;
  /** Only the newest consumer may deliver; an older one may still have messages on the way. */
  let turn = 0;
  let stopped = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let current: { consumer: Consumer; messages: ConsumerMessages } | undefined;

  const discard = (consumer: Consumer) => void consumer.delete().catch(() => undefined);
  const leave = () => {
    clearTimeout(retry);
    if (!current) return;
    current.messages.stop();
    discard(current.consumer);
    current = undefined;
  };

  async function begin(): Promise<void> {
    const mine = ++turn;
    leave();
    try {
      const consumer = await js.consumers.get(stream, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: next,
      });
      if (mine !== turn) return discard(consumer);
      const messages = await consumer.consume({
        max_messages: windowOf[stream],
        expires: expiresMs,
        idle_heartbeat: heartbeatMs,
        callback: (message) => {
          if (mine !== turn || message.seq < next) return;
          next = message.seq + 1;
          try {
            onMessage({
              subject: message.subject,
              sequence: message.seq,
              timeMs: Number(message.timestampNanos / 1_000_000n),
              data: message.data,
            });
          } catch (error) {
            // Thrown here it would end up in the client's parser and end the connection in silence.
            queueMicrotask(() => {
              throw error;
            });
          }
        },
      });
      if (mine !== turn) {
        messages.stop();
        return discard(consumer);
      }
      current = { consumer, messages };
      void messages.closed().then(() => mine === turn && beginSoon());
    } catch {
      if (mine === turn) beginSoon();
    }
  }

  function beginSoon(): void {
    clearTimeout(retry);
    if (!stopped) retry = setTimeout(() => void begin(), pauseMs);
  }

  const unsubscribe = watch.onChange((connected) => {
    if (connected && !stopped) void begin();
  });
  await begin();

  return {
    stop() {
      stopped = true;
      turn++;
      unsubscribe();
      leave();
      return Promise.resolve();
    },
  };
}
