/** One reader of CONTROL for all gateways together: each event goes to one of them, and again until it is settled. */
import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  type ConsumerMessages,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ControlKind } from './event.ts';
import type { ControlMessage, EventLog, Tail } from './log.ts';
import { decodeControl } from './message.ts';
import { kindSubjects, type StreamName } from './subjects.ts';

/** What became of an event: settled, or to be given to somebody again after so many milliseconds. */
export type Settled = 'settled' | Readonly<{ againInMs: number }>;

export type ControlSharing = Readonly<{
  /**
   * Takes part under this name. Who is first begins with the events that come from then on; what nobody has settled
   * outlives all gateways. `tries` counts from 1. Whoever takes an event and neither settles it nor answers within
   * 30 s has it taken away again. It goes on by itself after the log was away.
   */
  join(
    name: string,
    kinds: readonly ControlKind[],
    handle: (message: ControlMessage, tries: number) => Promise<Settled>,
  ): Tail;
  /** Ends a name for all gateways, with what is not settled under it. @throws what NATS throws. */
  end(name: string): Promise<void>;
  /** All names that begin so. @throws what NATS throws. */
  names(prefix: string): Promise<string[]>;
}>;

const stream = 'CONTROL' satisfies StreamName;
const nanosPerMs = 1e6;
const requestMs = 2_000;
const settleWithinMs = 30_000;
/** Given out and not settled, in all gateways together; those that wait for another try count. */
const givenOutAtMost = 256;
/** The client would ask again only after 30 s when the server was away. */
const expiresMs = 5_000;
const heartbeatMs = 1_000;
const pauseMs = 500;

const consumerNotFound = 10014;
const existsOtherwise = new Set([10013, 10148]);
const codeOf = (error: unknown): number => (error instanceof JetStreamApiError ? error.code : 0);

async function ensureConsumer(
  manager: JetStreamManager,
  name: string,
  kinds: readonly ControlKind[],
): Promise<void> {
  const wish = {
    filter_subjects: kinds.map(kindSubjects),
    ack_wait: settleWithinMs * nanosPerMs,
    max_ack_pending: givenOutAtMost,
  };
  const fixed = {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.New,
  };
  try {
    await manager.consumers.add(stream, { ...fixed, ...wish });
  } catch (error) {
    // Made by another version of Signalbox: its place in the stream is kept.
    if (!existsOtherwise.has(codeOf(error))) throw error;
    await manager.consumers.update(stream, name, wish);
  }
}

export async function shareControl(
  nc: NatsConnection,
  options: Readonly<{
    log: Pick<EventLog, 'onConnection'>;
    onError: (error: unknown, about: string) => void;
  }>,
): Promise<ControlSharing> {
  const { log, onError } = options;
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: requestMs });
  const js = jetstream(nc, { timeout: requestMs });

  return {
    join(name, kinds, handle) {
      const underWay = new Set<Promise<void>>();
      let messages: ConsumerMessages | undefined;
      let retry: ReturnType<typeof setTimeout> | undefined;
      let turn = 0;
      let isStopped = false;

      const take = async (message: JsMsg) => {
        const { subject, seq: sequence, data } = message;
        const timeMs = Number(message.timestampNanos / 1_000_000n);
        try {
          const control = decodeControl({ subject, sequence, timeMs, data });
          const settled = await handle(control, message.info.deliveryCount);
          if (settled === 'settled') message.ack();
          else message.nak(settled.againInMs);
        } catch (error) {
          // It comes again once its time is over.
          onError(error, `${name} at sequence ${sequence}`);
        }
      };

      const beginSoon = () => {
        clearTimeout(retry);
        if (!isStopped) retry = setTimeout(() => void begin(), pauseMs);
      };
      const begin = async () => {
        const mine = ++turn;
        messages?.stop();
        try {
          await ensureConsumer(manager, name, kinds);
          const consumer = await js.consumers.get(stream, name);
          const opened = await consumer.consume({
            max_messages: 16,
            expires: expiresMs,
            idle_heartbeat: heartbeatMs,
            callback: (message) => {
              const taken = take(message).finally(() => underWay.delete(taken));
              underWay.add(taken);
            },
          });
          if (mine !== turn) return opened.stop();
          messages = opened;
          void opened.closed().then(() => mine === turn && beginSoon());
        } catch (error) {
          if (mine !== turn) return;
          onError(error, `sharing CONTROL as ${name}`);
          beginSoon();
        }
      };
      const unsubscribe = log.onConnection((connected) => {
        if (connected && !isStopped) void begin();
      });
      void begin();

      return {
        async stop() {
          isStopped = true;
          turn += 1;
          unsubscribe();
          clearTimeout(retry);
          messages?.stop();
          await Promise.all(underWay);
        },
      };
    },

    async end(name) {
      await manager.consumers.delete(stream, name).catch((error: unknown) => {
        // Another gateway was first.
        if (codeOf(error) !== consumerNotFound) throw error;
      });
    },

    async names(prefix) {
      const found: string[] = [];
      for await (const { name } of manager.consumers.list(stream)) {
        if (name.startsWith(prefix)) found.push(name);
      }
      return found;
    },
  };
}
