/** The log in NATS JetStream. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { appendTo } from './append.ts';
import { watchConnection } from './connection.ts';
import type { Sequence } from './event.ts';
import { explain, untilAnswered, type Asked } from './failure.ts';
import { followStream } from './followStream.ts';
import { LogUnavailable, type EventLog, type Tail } from './log.ts';
import { decodeControl, type RawMessage } from './message.ts';
import { decodeTraffic, encodeTraffic } from './trafficMessage.ts';
import { epochMsOf, rawOf, readRange } from './readRange.ts';
import { actorSubject, streamOf, trafficSubject, type StreamName } from './subjects.ts';

const requestMs = 2_000;
const askMs = 5_000;
const trafficTryMs = 1_000;

/**
 * The log over a connection that is up and whose streams exist (`ensureStreams`). Closing the log ends its tails;
 * the connection stays its owner's. `now` is the clock of time limits, in milliseconds.
 */
export async function openJetStreamLog(
  nc: NatsConnection,
  options: { now?: () => number } = {},
): Promise<EventLog> {
  const { now = () => performance.now() } = options;
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: requestMs });
  const js = jetstream(nc);
  const watch = watchConnection(nc);
  const asking = (stream: StreamName): Asked => ({ stream, manager, watch, now });
  const asked = {
    CONTROL: asking('CONTROL'),
    CONVERSATIONS: asking('CONVERSATIONS'),
    TRAFFIC: asking('TRAFFIC'),
  } as const;
  const tails = new Set<Tail>();
  let closed = false;

  const assertOpen = () => {
    if (closed) throw new LogUnavailable('it was closed');
  };
  const everything = Number.MAX_SAFE_INTEGER;
  const appendEvent = {
    CONTROL: appendTo(nc, asked.CONTROL),
    CONVERSATIONS: appendTo(nc, asked.CONVERSATIONS),
  } as const;

  async function tail(
    stream: StreamName,
    after: Sequence,
    onMessage: (raw: RawMessage) => void,
  ): Promise<Tail> {
    assertOpen();
    // A stream that is missing is a bug to be seen at once, not to be waited for.
    await untilAnswered(asked[stream], askMs, () => manager.streams.info(stream));
    const followed = await followStream({ nc, watch, stream, after, onMessage });
    const own: Tail = {
      async stop() {
        tails.delete(own);
        await followed.stop();
      },
    };
    tails.add(own);
    if (closed) await own.stop();
    return own;
  }

  return {
    async append(actor, event, expected, timeoutMs) {
      assertOpen();
      return appendEvent[streamOf(actor)](actor, event, expected, timeoutMs);
    },

    async read(actor, after = 0) {
      assertOpen();
      const range = { subject: actorSubject(actor), after, upTo: everything, limit: everything };
      return readRange(nc, asked[streamOf(actor)], range, decodeControl);
    },

    async readControl(after, upTo, limit = everything) {
      assertOpen();
      return readRange(nc, asked.CONTROL, { after, upTo, limit }, decodeControl);
    },

    async readConversations(after, upTo, limit = everything) {
      assertOpen();
      return readRange(nc, asked.CONVERSATIONS, { after, upTo, limit }, decodeControl);
    },

    async readOne(sequence) {
      assertOpen();
      const message = await untilAnswered(asked.CONTROL, askMs, () =>
        manager.direct.getMessage('CONTROL', { seq: sequence }),
      );
      return message ? decodeControl(rawOf(message)) : undefined;
    },

    async readTraffic(after, upTo, limit = everything) {
      assertOpen();
      return readRange(nc, asked.TRAFFIC, { after, upTo, limit }, decodeTraffic);
    },

    tailControl: (after, onMessage) =>
      tail('CONTROL', after, (raw) => onMessage(decodeControl(raw))),

    tailConversations: (after, onMessage) =>
      tail('CONVERSATIONS', after, (raw) => onMessage(decodeControl(raw))),

    tailTraffic: (after, onMessage) =>
      tail('TRAFFIC', after, (raw) => onMessage(decodeTraffic(raw))),

    async appendTraffic(batch, timeoutMs = trafficTryMs) {
      assertOpen();
      const body = encodeTraffic(batch);
      if (!watch.isConnected()) throw new LogUnavailable('not connected');
      try {
        const ack = await js.publish(trafficSubject(batch.gatewayId), body, {
          msgID: batch.id,
          timeout: timeoutMs,
          expect: { streamName: 'TRAFFIC' },
        });
        return ack.seq;
      } catch (error) {
        throw await explain(error, asked.TRAFFIC);
      }
    },

    async state(stream) {
      assertOpen();
      const { state, created } = await untilAnswered(asked[stream], askMs, () =>
        manager.streams.info(stream),
      );
      return {
        // An empty stream is told apart by `firstSequence > lastSequence`, whether it is new or all of it has aged.
        firstSequence: state.messages === 0 ? state.last_seq + 1 : state.first_seq,
        lastSequence: state.last_seq,
        createdMs: epochMsOf(created),
      };
    },

    isConnected: () => !closed && watch.isConnected(),
    onConnection: watch.onChange,

    async close() {
      closed = true;
      await Promise.all([...tails].map((running) => running.stop()));
      watch.close();
    },
  };
}
